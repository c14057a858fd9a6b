'use client'

import { useNow } from './clock.ts'
import { sayAgo, sayDuration, sayExactly, sayUntil } from './say.ts'

/** `3 min ago`, exact on hover. */
export function RelativeTime({ at }: { at: string }) {
  return <SaidTime at={at} say={sayAgo} />
}

/** `in 6 days`, exact on hover: when something ends. */
export function UntilTime({ at }: { at: string }) {
  return <SaidTime at={at} say={sayUntil} />
}

/**
 * What the server wrote may be a second older than what the browser would write: that one difference is allowed, and the
 * first tick corrects it.
 */
function SaidTime({ at, say }: { at: string; say: (atMs: number, now: number) => string }) {
  const now = useNow()
  const atMs = Date.parse(at)
  return (
    <time
      dateTime={at}
      title={sayExactly(atMs)}
      className="whitespace-nowrap tabular-nums"
      suppressHydrationWarning
    >
      {say(atMs, now)}
    </time>
  )
}

/** How long it took, or, without an end, has been taking. */
export function Duration({ from, to }: { from: string; to: string | null }) {
  return to === null ? (
    <RunningDuration from={from} />
  ) : (
    <span className="whitespace-nowrap tabular-nums">{sayDuration(Date.parse(to) - Date.parse(from))}</span>
  )
}

function RunningDuration({ from }: { from: string }) {
  const now = useNow()
  return (
    <span className="whitespace-nowrap tabular-nums" suppressHydrationWarning>
      {sayDuration(now - Date.parse(from))}
    </span>
  )
}
