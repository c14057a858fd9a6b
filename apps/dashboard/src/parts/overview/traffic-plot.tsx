'use client'

import type { MetricsView } from '@berth/api'
import { releaseLabel } from '@berth/domain'
import { Card, Plot, type PlotMark, plotUnits, Section } from '@berth/ui'
import Link from 'next/link'
import { useMemo } from 'react'

/** What came in the last hour, with the deployments of that time. Null: the worker does not answer. */
export function TrafficPlot({ metrics, app }: { metrics: MetricsView | null; app: string }) {
  const plot = useMemo(() => metrics && plotOf(metrics, app), [metrics, app])
  return (
    <Section
      title="Traffic"
      action={
        <Link href={`/apps/${app}/metrics`} className="rounded-sm text-sm text-muted hover:text-text">
          All metrics
        </Link>
      }
    >
      {plot === null ? (
        <Quiet>The worker does not answer, so what came is not known. It is counted all the same.</Quiet>
      ) : metrics?.total.requests === 0 && plot.marks.length === 0 ? (
        <Quiet>No request in the last hour.</Quiet>
      ) : (
        <Card className="min-w-0 px-4 pt-3 pb-2.5">
          <Plot label="Requests" note="last hour" unit={plotUnits.perSecond} {...plot} />
        </Card>
      )}
    </Section>
  )
}

function Quiet({ children }: { children: React.ReactNode }) {
  return <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">{children}</p>
}

function plotOf({ from, stepMs, traffic, releases }: MetricsView, app: string) {
  const requests = traffic?.requests ?? []
  const failed = traffic?.serverErrors ?? []
  const marks: PlotMark[] = releases.map(({ version, at, deployment }) => ({
    at: Date.parse(at),
    label: `${releaseLabel(version)} went live`,
    href: `/apps/${app}/deployments/${deployment}`,
  }))
  return {
    times: { from: Date.parse(from), stepMs, count: requests.length },
    series: [
      { label: 'all', values: requests, tone: 'accent' as const },
      { label: 'failed (5xx)', values: failed, tone: 'bad' as const, dash: true },
    ],
    marks,
  }
}
