'use client'

import { Button, Select, sayExactly } from '@berth/ui'
import Link from 'next/link'
import { type MetricsQuery, metricsHref, type Span, spans, zoomOut } from './metrics-query.ts'

type MetricsBarProps = {
  app: string
  query: MetricsQuery
  /** Process types and instances: `web`, `web.1`. */
  parts: readonly string[]
  onChoose: (query: MetricsQuery) => void
}

const words: Record<Span, string> = {
  '1h': '1 hour',
  '6h': '6 hours',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
}

/** Which part of the app, and which time. Each choice is an address. */
export function MetricsBar({ app, query, parts, onChoose }: MetricsBarProps) {
  const { time, of } = query
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <nav aria-label="Time" className="flex rounded-md border border-line bg-surface p-0.5">
        {spans.map((last) => (
          <Link
            key={last}
            href={metricsHref(app, { time: { last }, of })}
            scroll={false}
            aria-current={'last' in time && time.last === last ? 'true' : undefined}
            className="rounded-sm px-2.5 py-1 text-sm whitespace-nowrap text-muted transition-colors hover:text-text aria-[current]:bg-hover aria-[current]:font-medium aria-[current]:text-text"
          >
            <span className="max-sm:hidden">{words[last]}</span>
            <span className="sm:hidden">{last.replace(/(?=[hd])/, ' ')}</span>
          </Link>
        ))}
      </nav>
      {'from' in time && (
        <span className="flex flex-wrap items-center gap-2 text-sm tabular-nums">
          {sayTimes(time)}
          <Button size="small" onClick={() => onChoose({ time: zoomOut(time, Date.now()), of })}>
            Zoom out
          </Button>
        </span>
      )}
      <Select
        label="Part of the app"
        value={of ?? ''}
        options={[
          { value: '', words: 'The whole app' },
          ...parts.map((part) => ({ value: part, words: part.includes('.') ? part : `Every ${part}` })),
        ]}
        onChange={(part) => onChoose({ time, of: part || null })}
        className="sm:ml-auto"
      />
    </div>
  )
}

/** `22 Nov 2026, 09:00:00 to 10:00:00 UTC` */
function sayTimes({ from, to }: { from: number; to: number }): string {
  const [begin, end] = [sayExactly(from).replace(' UTC', ''), sayExactly(to)]
  const [day, time] = end.split(', ')
  return `${begin} to ${begin.startsWith(`${day},`) ? time : end}`
}
