/** What the address of the page says: of which time, and of which part of the app. */
export type MetricsQuery = { time: MetricsTime; of: string | null }

/** Milliseconds since 1970; or the last so much, which goes on. */
export type MetricsTime = { last: Span } | { from: number; to: number }

export const spans = ['1h', '6h', '24h', '7d', '30d'] as const
export type Span = (typeof spans)[number]

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const spanMs: Record<Span, number> = {
  '1h': hourMs,
  '6h': 6 * hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
}
/** The finest figures have steps of 10 s: less than this would be a handful of points. */
const leastMs = 5 * minuteMs
/** Of one part: what the plots are wide enough for. */
export const pointsOfPlot = 240

type Given = Readonly<Record<string, string | string[] | undefined>>

/** What makes no sense is left out: the page then shows the last hour of everything. */
export function readMetricsQuery(given: Given): MetricsQuery {
  const of = oneOf(given.of)
  const [from, to] = [Date.parse(oneOf(given.from) ?? ''), Date.parse(oneOf(given.to) ?? '')]
  const isTime = to > from && to - from <= spanMs['30d'] + dayMs
  const last = spans.find((span) => span === oneOf(given.range)) ?? '1h'
  const isPart = of !== null && /^[a-z][a-z0-9-]{0,39}(\.\d{1,5})?$/.test(of)
  return { time: isTime ? { from, to } : { last }, of: isPart ? of : null }
}

export function metricsHref(app: string, { time, of }: MetricsQuery): string {
  const query = new URLSearchParams()
  if ('from' in time) {
    query.set('from', sayUrlTime(time.from))
    query.set('to', sayUrlTime(time.to))
  } else if (time.last !== '1h') query.set('range', time.last)
  if (of !== null) query.set('of', of)
  const text = query.toString()
  return `/apps/${app}/metrics${text && `?${text}`}`
}

export function timesOf(time: MetricsTime, now: number): { from: number; to: number } {
  return 'from' in time ? time : { from: now - spanMs[time.last], to: now }
}

/** What the API is asked for: one instance, one process type, or all. */
export function askedOf({ time, of }: MetricsQuery, now: number) {
  const { from, to } = timesOf(time, now)
  const part = of?.includes('.') ? { instance: of } : { process: of }
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), points: pointsOfPlot, ...part }
}

/** How often new figures are worth asking for; null: that time is over. */
export function paceMs(time: MetricsTime): number | null {
  if ('from' in time) return null
  return Math.min(5 * minuteMs, Math.max(10_000, spanMs[time.last] / pointsOfPlot / 2))
}

/** A part chosen on a plot, but no shorter than figures can show. */
export function zoomTo(from: number, to: number): MetricsTime {
  const missing = Math.max(0, leastMs - (to - from)) / 2
  return { from: Math.round(from - missing), to: Math.round(to + missing) }
}

/** Three times as much, around the same middle; as far as figures are kept, and not beyond now. */
export function zoomOut({ from, to }: { from: number; to: number }, now: number): MetricsTime {
  const length = (to - from) * 3
  const end = Math.min(now, (from + to) / 2 + length / 2)
  const begin = Math.max(now - spanMs['30d'], end - length)
  return end - begin >= spanMs['30d'] * 0.95
    ? { last: '30d' }
    : { from: Math.round(begin), to: Math.round(end) }
}

/** The same thing as a command. */
export function metricsCommand(app: string, { time, of }: MetricsQuery): string {
  const since = 'from' in time ? sayUrlTime(time.from) : time.last
  const until = 'from' in time ? ` --until ${sayUrlTime(time.to)}` : ''
  const part = of === null ? '' : of.includes('.') ? ` --instance ${of}` : ` --process ${of}`
  return `berth metrics --app ${app} --since ${since}${until}${part}`
}

/** `2026-11-22T09:30:00Z` */
function sayUrlTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}

function oneOf(given: string | string[] | undefined): string | null {
  return (Array.isArray(given) ? given[0] : given) || null
}
