import type { ErrorRecord } from '@berth/domain'
import { Notice } from '@berth/ui'

/** What went wrong in one sentence, and what to do next. */
export function FailureNotice({ failure, className }: { failure: ErrorRecord; className?: string }) {
  return (
    <Notice tone="bad" title={failure.message} className={className}>
      {failure.hint}
    </Notice>
  )
}
