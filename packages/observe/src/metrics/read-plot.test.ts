import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { count, emptyHistogram } from './latency-histogram.ts'
import { type MetricsFiles, machineSeries, openMetricsFiles } from './metrics-files.ts'
import { type PlotQuery, readPlot } from './read-plot.ts'
import { startOf } from './resolutions.ts'
import { noTraffic } from './traffic.ts'
import { noUsage, type Usage } from './usage.ts'

const start = startOf(1_795_341_600_000, 3_600_000)
const web1 = { owner: 'app-1', name: 'web.1' }
const web2 = { owner: 'app-1', name: 'web.2' }

let directory: string
let files: MetricsFiles
const reports: unknown[] = []
beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/berth-metrics-`)
  files = openMetricsFiles(directory, (error) => reports.push(error))
  reports.length = 0
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const usage = (change: Partial<Usage> = {}): Usage => ({
  ...{ ...noUsage, coveredMs: 10_000, cpuMs: 1_000, cpuPeak: 0.1 },
  ...{ memoryByteMs: 10_000 * 1_000_000, memoryPeakBytes: 1_500_000, memoryLimitBytes: 4_000_000 },
  ...{ receivedBytes: 10_000, pidsPeak: 3 },
  ...change,
})
function alive(many: number, from = start): void {
  for (let step = 0; step < many; step += 1)
    files.putUsage(machineSeries, { at: from + step * 10_000, value: usage() })
}
const query: PlotQuery = { instance: null, process: null, from: start, to: start + 60_000, points: 6 }
const read = (change: Partial<PlotQuery> = {}, now = start + 60_000) =>
  readPlot(files, { appId: 'app-1' }, { ...query, ...change }, now)

test('an app is the sum of its instances, and rates are per second', async () => {
  alive(6)
  files.putUsage(web1, { at: start, value: usage() })
  files.putUsage(web2, { at: start, value: usage({ cpuMs: 3_000, cpuPeak: 0.3 }) })
  const plot = await read()
  expect(plot).toMatchObject({ from: start, stepMs: 10_000 })
  expect(plot.usage.cpu[0]).toBeCloseTo(0.4)
  expect(plot.usage.cpuPeak[0]).toBeCloseTo(0.4)
  expect(plot.usage.memoryBytes[0]).toBeCloseTo(2_000_000, -1)
  expect(plot.usage.memoryLimitBytes[0]).toBe(8_000_000)
  expect(plot.usage.receivedBytes[0]).toBe(2_000)
  expect(plot.usage.pids[0]).toBe(6)
  expect(plot.usage.cpu).toHaveLength(6)
  expect(plot.total.usage.cpu).toBeCloseTo(4_000 / 60_000)
})

test('what an instance used while it was there alone is not spread over the rest', async () => {
  alive(6)
  files.putUsage(web1, { at: start + 20_000, value: usage() })
  const plot = await read({ instance: 'web.1' })
  expect(plot.usage.cpu.map((value) => value && Number(value.toFixed(2)))).toEqual([
    ...[null, null, 0.1, null, null, null],
  ])
  expect(plot.traffic).toBeNull()
  expect(plot.total.usage.cpu).toBeCloseTo(0.1)
})

test('a process type is the sum of its instances; what came for the app came for web', async () => {
  alive(1)
  const worker = { owner: 'app-1', name: 'worker.1' }
  for (const series of [web1, web2, worker]) files.putUsage(series, { at: start, value: usage() })
  const [web, workers] = [await read({ process: 'web' }), await read({ process: 'worker' })]
  expect(web.usage.cpu[0]).toBeCloseTo(0.2)
  expect(web.traffic?.requests[0]).toBe(0)
  expect(workers.usage.cpu[0]).toBeCloseTo(0.1)
  expect(workers.traffic).toBeNull()
  expect(workers.total.requests).toBeNull()
})

test('no requests are 0, and no figures are unknown', async () => {
  alive(3)
  const latency = emptyHistogram()
  for (let each = 0; each < 20; each += 1) count(latency, each < 10 ? 2 : 5)
  files.putTraffic('app-1', {
    at: start + 10_000,
    value: { ...noTraffic, statuses: [0, 18, 0, 1, 1], responseBytes: 20_000, latency },
  })
  const { traffic, total } = await read()
  expect(traffic?.requests).toEqual([0, 2, 0, null, null, null])
  expect(traffic?.serverErrors).toEqual([0, 0.1, 0, null, null, null])
  expect(traffic?.p50Ms).toEqual([null, 2, null, null, null, null])
  expect(traffic?.p95Ms[1]).toBe(5)
  expect(traffic?.responseBytes[1]).toBe(2_000)
  expect(total).toMatchObject({ requests: 20, traffic: { p50Ms: 2, p99Ms: 5 } })
})

test('a limit that one instance lacks, the app lacks', async () => {
  alive(1)
  files.putUsage(web1, { at: start, value: usage() })
  files.putUsage(web2, { at: start, value: usage({ memoryLimitBytes: 0 }) })
  expect((await read()).usage.memoryLimitBytes[0]).toBeNull()
})

test('steps begin at multiples of their length, and are no more than was asked for', async () => {
  alive(60)
  const plot = await read({ from: start + 3_000, to: start + 600_000, points: 10 }, start + 600_000)
  expect(plot).toMatchObject({ from: start, stepMs: 60_000 })
  expect(plot.usage.cpu).toHaveLength(10)
})

test('what lies longer ago is told in coarser steps', async () => {
  alive(60)
  const later = start + 3 * 86_400_000
  const plot = await read({ to: start + 600_000, points: 60 }, later)
  expect(plot.stepMs).toBe(600_000)
  expect(plot.usage.cpu).toHaveLength(1)
  expect((await read({ to: start + 600_000, points: 60 }, start + 5 * 3_600_000)).stepMs).toBe(60_000)
})

test('an app of which nothing is known has a plot of nothing', async () => {
  const plot = await read()
  expect(plot.usage.cpu).toEqual([null, null, null, null, null, null])
  expect(plot.total).toMatchObject({ requests: null, usage: { cpu: null } })
})

test('two looks within one step are one', async () => {
  alive(1)
  files.putUsage(web1, { at: start, value: usage() })
  files.putUsage(web1, { at: start, value: usage({ restarts: 1 }) })
  const plot = await read({ instance: 'web.1' })
  expect(plot.usage.cpu[0]).toBeCloseTo(0.1)
  expect(plot.usage.restarts[0]).toBe(1)
})

test('what was flushed is there for the next worker; an app that is removed is not', async () => {
  alive(6)
  files.putUsage(web1, { at: start, value: usage() })
  await files.flush()
  files = openMetricsFiles(directory, (error) => reports.push(error))
  expect(await files.instances('app-1')).toEqual(['web.1'])
  expect((await read()).usage.cpu[0]).toBeCloseTo(0.1)
  files.putUsage(web1, { at: start + 10_000, value: usage() })
  await files.removeApp('app-1')
  expect(await files.instances('app-1')).toEqual([])
  await files.flush()
  expect((await read()).total.usage.cpu).toBe(0)
})

test('what nobody has written to for as long as figures are kept goes', async () => {
  alive(1)
  files.putUsage(web1, { at: start, value: usage() })
  await files.flush()
  expect(await files.prune(Date.now())).toBe(0)
  expect(await files.prune(Date.now() + 31 * 86_400_000)).toBe(2)
})

test('a disk that takes nothing is told of, and holds nobody up', async () => {
  await rm(directory, { recursive: true })
  const { writeFile } = await import('node:fs/promises')
  await writeFile(directory, 'not a directory')
  files.putUsage(web1, { at: start, value: usage() })
  await files.flush()
  expect(reports).toHaveLength(1)
})

test('no name of an app or an instance leads out', () => {
  expect(() => files.putUsage({ owner: '../x', name: 'web.1' }, { at: start, value: usage() })).toThrow(
    TypeError,
  )
  expect(() => files.putUsage({ owner: 'app-1', name: '..' }, { at: start, value: usage() })).toThrow(
    TypeError,
  )
})
