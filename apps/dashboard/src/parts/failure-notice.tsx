import type { ErrorRecord } from '@berth/domain'
import { Notice } from '@berth/ui'
import type { ReactNode } from 'react'
import { firstLine } from './first-line.ts'

type FailureNoticeProps = {
  failure: Pick<ErrorRecord, 'message' | 'hint'>
  /** What to say or do beyond the hint. */
  children?: ReactNode
  className?: string
}

/** What went wrong in one sentence, the lines of a file that it quotes, and what to do next. */
export function FailureNotice({ failure, children, className }: FailureNoticeProps) {
  const title = firstLine(failure.message)
  const quoted = failure.message.slice(title.length + 1).trimEnd()
  return (
    <Notice tone="bad" title={title} className={className}>
      {quoted !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section className="my-1.5 overflow-x-auto" aria-label="Where" tabIndex={0}>
          <pre className="text-xs leading-5 text-text">{quoted}</pre>
        </section>
      )}
      {failure.hint} {children}
    </Notice>
  )
}
