'use client'

import { sayDuration, sayExactly } from '@berth/ui'
import { useNow } from '@berth/ui/clock.ts'

/** `in 12 m 04 s`, exact on hover; the browser may write another second than the server did. */
export function NextRun({ at }: { at: string | null }) {
  const now = useNow()
  if (at === null) return <span>Never again</span>
  const inMs = Date.parse(at) - now
  return (
    <time dateTime={at} title={sayExactly(Date.parse(at))} className="tabular-nums" suppressHydrationWarning>
      {inMs <= 0 ? 'now' : `in ${sayAhead(inMs)}`}
    </time>
  )
}

const dayMs = 24 * 60 * 60_000

function sayAhead(ms: number): string {
  if (ms >= 2 * dayMs) return `${Math.round(ms / dayMs)} days`
  return sayDuration(Math.max(1_000, Math.round(ms / 1000) * 1000))
}
