import { Notice } from '@berth/ui'

/** Over what was read before: it stays, and says that it may be old. */
export function LostNotice({ lost }: { lost: boolean }) {
  if (!lost) return null
  return (
    <Notice tone="warn" title="Not connected">
      What you see was true when Berth answered last. It is asked again every few seconds.
    </Notice>
  )
}
