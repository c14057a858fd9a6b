import { parseExposition } from '@berth/testkit/parse-exposition.ts'
import { expect, test } from 'vitest'
import { renderExposition } from './exposition.ts'
import { count, emptyHistogram } from './latency-histogram.ts'
import type { Snapshot } from './snapshot.ts'

const latency = emptyHistogram()
for (const ms of [3, 4, 20, 200, 40_000]) count(latency, ms)
const instance: Snapshot['instances'][number] = {
  ...{ appId: 'app-1', name: 'web.1', processType: 'web', cpuMs: 12_500, memoryBytes: 1_048_576 },
  ...{
    memoryLimitBytes: null,
    pids: 4,
    restarts: 2,
    receivedBytes: 10,
    sentBytes: 20,
    readBytes: 30,
    writtenBytes: 40,
  },
}
const snapshot: Snapshot = {
  instances: [instance, { ...instance, appId: 'app-2' }],
  apps: [
    {
      appId: 'app-1',
      statuses: [0, 4, 0, 0, 1],
      requestBytes: 500,
      responseBytes: 5_000,
      latency,
      latencySumMs: 40_267,
    },
    {
      appId: 'app-2',
      statuses: [0, 9, 0, 0, 0],
      requestBytes: 9,
      responseBytes: 9,
      latency,
      latencySumMs: 9,
    },
  ],
  machine: {
    ...{ cpus: 2, cpuMs: 60_000, memoryBytes: 1e9, memoryTotalBytes: 4e9 },
    ...{ diskUsedBytes: 1e10, diskTotalBytes: 4e10 },
  },
}
const apps = new Map([['app-1', { app: 'shop', team: 'Harbour' }]])
const parsed = (machine = false, seen = apps) =>
  parseExposition(renderExposition(snapshot, { apps: seen, machine }))
const value = (name: string, labels: Record<string, string> = {}) =>
  parsed(true)
    .flatMap(({ samples }) => samples)
    .find(
      (each) =>
        each.name === name && Object.entries(labels).every(([key, label]) => each.labels[key] === label),
    )?.value

test('it reads as Prometheus’ format, each family once, with help and type', () => {
  const families = parsed(true)
  expect(families.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['berth_app_requests_total', 'berth_instance_memory_bytes', 'berth_machine_cpus']),
  )
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length)
})

test('names are as Prometheus wants them: seconds, bytes, and totals of counters alone', () => {
  for (const { name, type } of parsed(true)) {
    expect(name).toMatch(/^berth_[a-z_]+$/)
    expect(name.endsWith('_total') && !name.endsWith('_total_bytes')).toBe(type === 'counter')
  }
})

test('an instance is labelled by its place, and a value that is not known is left out', () => {
  const [cpu] = parsed().filter(({ name }) => name === 'berth_instance_cpu_seconds_total')
  expect(cpu?.samples).toEqual([
    {
      name: 'berth_instance_cpu_seconds_total',
      labels: { app: 'shop', team: 'Harbour', process: 'web', instance: 'web.1' },
      value: 12.5,
    },
  ])
  expect(parsed().map(({ name }) => name)).not.toContain('berth_instance_memory_limit_bytes')
})

test('requests are counted by class', () => {
  expect(value('berth_app_requests_total', { status: '2xx' })).toBe(4)
  expect(value('berth_app_requests_total', { status: '5xx' })).toBe(1)
})

test('durations are a histogram that grows, and ends with all', () => {
  const name = 'berth_app_request_duration_seconds_bucket'
  const at = (le: string) => value(name, { le })
  expect([at('0.005'), at('0.01'), at('0.025'), at('0.25'), at('30'), at('+Inf')]).toEqual([2, 2, 3, 4, 4, 5])
  expect(value('berth_app_request_duration_seconds_sum')).toBe(40.267)
  expect(value('berth_app_request_duration_seconds_count')).toBe(5)
})

test('another team’s apps are not in it, nor is the machine but for who may see it', () => {
  expect(renderExposition(snapshot, { apps, machine: false })).not.toMatch(/app-2|berth_machine/)
  expect(parsed(true).some(({ name }) => name === 'berth_machine_memory_bytes')).toBe(true)
  expect(renderExposition(snapshot, { apps: new Map(), machine: false })).toBe('')
})

test('whatever a team is called, it stays within its label', () => {
  const team = 'a "b" \\ c\nberth_app_requests_total 7'
  const [first] = parsed(false, new Map([['app-1', { app: 'shop', team }]]))
  expect(first?.samples[0]?.labels.team).toBe(team)
})
