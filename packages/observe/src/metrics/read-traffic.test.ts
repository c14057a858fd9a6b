import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MetricsFiles, machineSeries, openMetricsFiles } from './metrics-files.ts'
import { readTraffic } from './read-traffic.ts'
import { startOf } from './resolutions.ts'
import { noTraffic, type Traffic } from './traffic.ts'
import { noUsage } from './usage.ts'

const start = startOf(1_795_341_600_000, 3_600_000)
const minuteMs = 60_000
let directory: string
let files: MetricsFiles
beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/berth-traffic-`)
  files = openMetricsFiles(directory, () => undefined)
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const answered = (successful: number, failed: number): Traffic => ({
  ...noTraffic,
  statuses: [0, successful, 0, 0, failed],
})
const read = (appIds: string[]) =>
  readTraffic(files, { appIds, from: start, to: start + 3 * minuteMs, points: 3 }, start + 3 * minuteMs)

test('every app that was asked for has a line, in the order of the asking', () => {
  for (let at = start; at < start + 2 * minuteMs; at += 10_000)
    files.putUsage(machineSeries, { at, value: { ...noUsage, coveredMs: 10_000 } })
  files.putTraffic('app-1', { at: start, value: answered(118, 2) })
  const { apps, from, stepMs } = read(['app-2', 'app-1'])
  expect({ from, stepMs }).toEqual({ from: start, stepMs: minuteMs })
  expect(apps).toEqual([
    {
      ...{ appId: 'app-2', requests: [0, 0, null], serverErrors: [0, 0, null] },
      total: { requests: 0, serverErrors: 0 },
    },
    {
      ...{ appId: 'app-1', requests: [2, 0, null], serverErrors: [2 / 60, 0, null] },
      total: { requests: 120, serverErrors: 2 },
    },
  ])
})

test('of a time in which nobody looked, nothing is known', () => {
  const [line] = read(['app-1']).apps
  expect(line?.requests).toEqual([null, null, null])
  expect(line?.total).toEqual({ requests: null, serverErrors: null })
})
