import type { Database } from '@berth/database'
import type { TrafficLines, TrafficQuery } from '@berth/observe'
import { demoPlot } from './demo-metrics.ts'
import type { DemoIds, DemoPerson } from './demo-records.ts'

/** What happened to apps beside their deployments: one is stopped, one locked, some have crashed. */
export async function seedApps(
  { prisma, deaths }: Database,
  { apps }: DemoIds,
  person: DemoPerson,
): Promise<void> {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  await prisma.app.update({ where: { id: apps.archive ?? '' }, data: { stoppedAt: ago(2_880) } })
  await prisma.app.update({
    where: { id: apps.ferries ?? '' },
    data: { lockedAt: ago(130), lockedById: person.colleagueId, lockReason: 'Timetables change on Monday' },
  })
  const megabyte = 1024 * 1024
  for (const minutes of [5, 64]) {
    await deaths.add({
      ...{ appId: apps.shop ?? '', containerId: `shop-worker.1-${minutes}`, instance: 'worker.1' },
      ...{ releaseVersion: 3, code: 137, signal: 'SIGKILL', outOfMemory: true, reason: null },
      ...{ peakMemoryBytes: 512 * megabyte, memoryLimitBytes: 512 * megabyte },
      ...{ startedAt: ago(minutes + 51), endedAt: ago(minutes), lastLines: pictures },
    })
  }
  for (const minutes of [1, 4, 6, 7])
    await deaths.add({
      ...{ appId: apps.mailer ?? '', containerId: `mailer-web.1-${minutes}`, instance: 'web.1' },
      ...{ releaseVersion: 1, code: 1, signal: null, outOfMemory: false, reason: null },
      ...{ peakMemoryBytes: 61 * megabyte, memoryLimitBytes: 512 * megabyte },
      ...{ startedAt: ago(minutes + 0.05), endedAt: ago(minutes), lastLines: refused },
    })
}

/** As the worker answers it, of the figures that plots of this demonstration show. */
export async function demoTraffic(
  { apps }: DemoIds,
  { appIds, ...time }: TrafficQuery,
): Promise<TrafficLines> {
  const names = new Map(Object.entries(apps).map(([name, id]) => [id, name]))
  const whole = { instance: null, process: null, ...time }
  const plots = await Promise.all(appIds.map((id) => demoPlot(names.get(id) ?? '', whole)))
  const [first] = plots
  return {
    from: first?.from ?? time.from,
    stepMs: first?.stepMs ?? 60_000,
    apps: plots.map(({ traffic, total }, index) => ({
      appId: appIds[index] ?? '',
      requests: traffic?.requests ?? [],
      serverErrors: traffic?.serverErrors ?? [],
      total: {
        requests: total.requests,
        serverErrors:
          total.requests && total.traffic?.requests
            ? Math.round((total.requests * (total.traffic.serverErrors ?? 0)) / total.traffic.requests)
            : total.requests,
      },
    })),
  }
}

const pictures = [
  'picture 1841: 4032 × 3024, scaling to 6 sizes',
  'picture 1842: 4032 × 3024, scaling to 6 sizes',
  'picture 1843: 8064 × 6048, scaling to 6 sizes',
  'memory: 431 MB in use, 96 pictures wait',
]
const refused = [
  'mailer 1.4.2 begins',
  'Error: connect ECONNREFUSED 10.20.0.8:5432',
  '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)',
  "  errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '10.20.0.8', port: 5432",
]
