'use client'

import type { MetricsView } from '@berth/api'
import { releaseLabel } from '@berth/domain'
import { Card, Notice, Plot, PlotGroup, type PlotMark, sayExactly } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useCallback, useMemo, useTransition } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { MetricsBar } from './metrics-bar.tsx'
import { metricsPlots } from './metrics-plots.ts'
import { askedOf, type MetricsQuery, metricsHref, paceMs, zoomTo } from './metrics-query.ts'
import { MetricsSummary } from './metrics-summary.tsx'

type AppMetricsProps = {
  app: string
  query: MetricsQuery
  /** Null: the worker did not answer. */
  initial: MetricsView | null
  parts: readonly string[]
}

/** What an app used and what came for it. Another time or part is another address; what is shown stays until it is there. */
export function AppMetrics({ app, query, initial, parts }: AppMetricsProps) {
  const router = useRouter()
  const [isComing, startComing] = useTransition()
  const { view, lost } = useMetrics(app, query, initial)
  const choose = useCallback(
    (chosen: MetricsQuery) => startComing(() => router.push(metricsHref(app, chosen), { scroll: false })),
    [app, router],
  )
  const onZoom = useCallback(
    (from: number, to: number) => choose({ time: zoomTo(from, to), of: query.of }),
    [choose, query.of],
  )
  return (
    <div className="flex flex-col gap-5" aria-busy={isComing}>
      <MetricsBar app={app} query={query} parts={parts} onChoose={choose} />
      {(lost || view === null) && (
        <Notice tone="warn" title="New figures do not come at the moment">
          The worker does not answer; it is asked again by itself. Running apps are not affected.
        </Notice>
      )}
      {view && (
        <>
          <MetricsSummary total={view.total} />
          <Plots app={app} view={view} onZoom={onZoom} />
        </>
      )}
      <p className="text-sm text-muted">
        Times are UTC. Drag over a plot to look closer
        {query.of !== null && view?.traffic === null && '; requests are counted for web alone'}.
      </p>
    </div>
  )
}

type PlotsProps = { app: string; view: MetricsView; onZoom: (from: number, to: number) => void }

function Plots({ app, view, onZoom }: PlotsProps) {
  const plots = useMemo(() => metricsPlots(view), [view])
  const marks = useMemo(() => view.releases.map((release) => markOf(app, release)), [app, view])
  const times = useMemo(
    () => ({ from: Date.parse(view.from), stepMs: view.stepMs, count: view.usage.cpu.length }),
    [view],
  )
  return (
    <PlotGroup>
      <div className="grid gap-4 lg:grid-cols-2">
        {plots.map((plot, index) => (
          <Card key={plot.label} className="min-w-0 px-4 pt-3 pb-2.5">
            <Plot {...plot} times={times} marks={marks} marksInTabOrder={index === 0} onZoom={onZoom} />
          </Card>
        ))}
      </div>
    </PlotGroup>
  )
}

function markOf(app: string, { version, at, deployment }: MetricsView['releases'][number]): PlotMark {
  const label = `${releaseLabel(version)} went live, ${sayExactly(Date.parse(at))}`
  return { at: Date.parse(at), label, href: `/apps/${app}/deployments/${deployment}` }
}

/** Read again at a pace that fits the time shown. An answer for the address before is not shown under this one. */
function useMetrics(app: string, query: MetricsQuery, initial: MetricsView | null) {
  const key = metricsHref(app, query)
  const pace = paceMs(query.time)
  const first = useMemo(() => ({ key, view: initial }), [key, initial])
  const { value, lost } = useLive(
    first,
    async () => ({ key, view: await trpc.metrics.read.query({ app, ...askedOf(query, Date.now()) }) }),
    { app, everyMs: pace ?? undefined, enabled: pace !== null || initial === null },
  )
  return { view: value.key === key ? value.view : initial, lost }
}
