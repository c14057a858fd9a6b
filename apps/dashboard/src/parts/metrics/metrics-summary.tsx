import type { MetricsView } from '@berth/api'
import { plotUnits, sayNumber, saySize } from '@berth/ui'

/** The whole time in a line of figures. */
export function MetricsSummary({ total }: { total: MetricsView['total'] }) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-px overflow-hidden rounded-md border border-line bg-line">
      {figuresOf(total).map(({ name, value, more, bad }) => (
        <div key={name} className="flex flex-col gap-0.5 bg-surface px-4 py-3">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="flex flex-wrap items-baseline gap-x-1.5 tabular-nums">
            <span className={bad ? 'text-lg font-medium text-bad' : 'text-lg font-medium'}>{value}</span>
            {more && <span className="text-sm text-muted">{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

type Figure = { name: string; value: string; more?: string; bad?: boolean }

function figuresOf({ usage, traffic, requests }: MetricsView['total']): Figure[] {
  const failed = traffic && share(traffic.serverErrors, traffic.requests)
  const limit = usage.memoryLimitBytes
  return [
    ...(traffic
      ? [
          { name: 'Requests', value: say(requests, sayNumber) },
          { name: 'Failed (5xx)', value: say(failed, sayShare), bad: (failed ?? 0) >= 0.01 },
          { name: 'Latency p95', value: say(traffic.p95Ms, plotUnits.milliseconds.say) },
        ]
      : []),
    { name: 'CPU, average', value: say(usage.cpu, plotUnits.cpu.say) },
    {
      name: 'Memory, peak',
      value: say(usage.memoryPeakBytes, saySize),
      more: limit === null ? undefined : `of ${saySize(limit)}`,
      bad: limit !== null && (usage.memoryPeakBytes ?? 0) >= limit * 0.95,
    },
    { name: 'Restarts', value: say(usage.restarts, sayNumber), bad: (usage.restarts ?? 0) > 0 },
  ]
}

function say(value: number | null | undefined, words: (value: number) => string): string {
  return value == null ? '–' : words(value)
}

function share(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null) return null
  return whole === 0 ? 0 : part / whole
}

function sayShare(part: number): string {
  if (part > 0 && part < 0.0001) return '< 0.01 %'
  return `${Number((part * 100).toFixed(2))} %`
}
