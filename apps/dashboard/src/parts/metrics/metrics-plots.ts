import type { MetricsView } from '@berth/api'
import { type PlotSeries, type PlotTone, type PlotUnit, plotUnits } from '@berth/ui'

export type MetricsPlot = { label: string; note?: string; unit: PlotUnit; series: PlotSeries[] }

/** What the page draws, in its order. What came for the app is not known of a part of it that gets no requests. */
export function metricsPlots({ usage, traffic }: MetricsView): MetricsPlot[] {
  return [...(traffic ? trafficPlots(traffic) : []), ...usagePlots(usage)]
}

function trafficPlots(traffic: NonNullable<MetricsView['traffic']>): MetricsPlot[] {
  return [
    {
      label: 'Requests',
      unit: plotUnits.perSecond,
      series: [line('all', traffic.requests, 'accent')],
    },
    {
      label: 'Latency',
      unit: plotUnits.milliseconds,
      series: [
        line('p50', traffic.p50Ms, 'accent'),
        line('p95', traffic.p95Ms, 'second', 'dash'),
        line('p99', traffic.p99Ms, 'third', 'dash'),
      ],
    },
    {
      label: 'Status',
      unit: plotUnits.perSecond,
      series: [
        line('2xx', traffic.successful, 'good'),
        line('3xx', traffic.redirected, 'grey', 'dash'),
        line('4xx', traffic.clientErrors, 'warn', 'dash'),
        line('5xx', traffic.serverErrors, 'bad'),
      ],
    },
  ]
}

function usagePlots(usage: MetricsView['usage']): MetricsPlot[] {
  const limit: PlotSeries = { label: 'limit', values: usage.memoryLimitBytes, tone: 'warn', limit: true }
  const isLimited = usage.memoryLimitBytes.some((value) => value !== null)
  return [
    {
      label: 'CPU',
      note: '100 % is one core',
      unit: plotUnits.cpu,
      series: [line('average', usage.cpu, 'accent'), line('peak', usage.cpuPeak, 'grey', 'dash')],
    },
    {
      label: 'Memory',
      unit: plotUnits.bytes,
      series: [
        line('used', usage.memoryBytes, 'accent'),
        line('peak', usage.memoryPeakBytes, 'grey', 'dash'),
        ...(isLimited ? [limit] : []),
      ],
    },
    {
      label: 'Network',
      unit: plotUnits.bytesPerSecond,
      series: [line('in', usage.receivedBytes, 'accent'), line('out', usage.sentBytes, 'second', 'dash')],
    },
    {
      label: 'Disk',
      unit: plotUnits.bytesPerSecond,
      series: [
        line('read', usage.readBytes, 'accent'),
        line('written', usage.writtenBytes, 'second', 'dash'),
      ],
    },
    {
      label: 'Restarts',
      unit: plotUnits.count,
      series: [line('restarts', usage.restarts, 'bad')],
    },
  ]
}

function line(label: string, values: (number | null)[], tone: PlotTone, dash?: 'dash'): PlotSeries {
  return { label, values, tone, dash: dash === 'dash' }
}
