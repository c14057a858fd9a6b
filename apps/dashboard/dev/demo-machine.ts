import { randomUUID } from 'node:crypto'
import type { Database } from '@berth/database'
import { connectionString } from '@berth/database'
import { errorTable, type Settings } from '@berth/domain'
import type { MachineView } from '@berth/observe'
import { jobNames, type Processors, type RunningProcessors } from '@berth/queue'
import { openJobQueue } from '@berth/queue/drivers/bullmq/open-job-queue.ts'
import { startProcessors } from '@berth/queue/drivers/bullmq/start-processors.ts'
import type { DemoIds } from './demo-records.ts'

/** A machine of a small company: busy enough that its figures move. */
export function demoMachine(): MachineView {
  const now = Date.now()
  const minute = 60_000
  const from = Math.floor(now / minute - 59) * minute
  const at = (step: number) => from / minute + step
  const wave = (step: number) => Math.sin(at(step) / 7) + Math.sin(at(step) / 2.3) * 0.4
  const cpu = Array.from({ length: 60 }, (_, step) => 0.21 + 0.07 * wave(step))
  const gigabyte = 1024 ** 3
  const memoryBytes = cpu.map((_, step) => (4.6 + 0.12 * wave(step / 3)) * gigabyte)
  const moved = Math.sin(now / 9_000) * 0.04
  const startedAt = new Date(now - 19 * 86_400_000).toISOString()
  const process = (name: string, pid: number, megabytes: number, cpuFraction: number) => ({
    ...{ name, pid, startedAt, memoryBytes: megabytes * 1024 ** 2 },
    cpuFraction: cpuFraction * (1 + moved * 5),
  })
  return {
    cpus: 4,
    cpuFraction: 0.24 + moved,
    load: [0.98 + moved, 0.87, 0.91],
    memory: { usedBytes: (4.62 + moved) * gigabyte, totalBytes: 8 * gigabyte },
    lastHour: { from, stepMs: minute, cpu, memoryBytes },
    upSince: new Date(now - 43 * 86_400_000).toISOString(),
    containers: { running: 9, all: 11 },
    disk: {
      path: '/var/lib/berth',
      usedBytes: 61 * gigabyte,
      freeBytes: 59 * gigabyte,
      totalBytes: 120 * gigabyte,
      usedFraction: 61 / 120,
      uses: [
        { name: 'images', bytes: 14.2 * gigabyte },
        { name: 'build cache', bytes: 9.6 * gigabyte },
        { name: 'volumes', bytes: 18.1 * gigabyte },
        { name: 'logs', bytes: 2.4 * gigabyte },
        { name: 'database', bytes: 0.6 * gigabyte },
        { name: 'repositories', bytes: 0.9 * gigabyte },
        { name: 'registry', bytes: null },
        { name: 'metrics', bytes: 0.03 * gigabyte },
      ],
      countedAt: new Date(now - 90_000).toISOString(),
    },
    versions: [
      { name: 'Linux', version: '6.1.0-37-amd64' },
      { name: 'Node.js', version: '24.11.1' },
      { name: 'PostgreSQL', version: '18.1' },
      { name: 'HAProxy', version: '2.6.12-1+deb12u2' },
      { name: 'runc', version: '1.1.5+ds1' },
      { name: 'conmon', version: '2.1.6' },
      { name: 'nftables', version: '1.0.6' },
      { name: 'Git', version: '2.39.5' },
    ],
    processes: [
      process('Dashboard', 811, 96, 0.006),
      process('Worker', 803, 74, 0.011),
      process('PostgreSQL', 790, 48, 0.004),
      process('Receiver', 808, 41, 0.001),
      process('Supervisor', 1, 29, 0),
      process('Front door', 805, 18, 0.013),
    ],
  }
}

const jobError = errorTable({
  'ENGINE.NO_SPACE': {
    message: () => 'The disk is full: 0 of 120 GB are free.',
    hint: () => 'Remove what is not needed.',
    fault: 'system',
    retryable: false,
  },
})

/** Real jobs of the real queue: two were given up, one is carried out (for ever), two wait. Returns what ends it. */
export async function startDemoJobs(
  settings: Settings,
  { apps, stages }: DemoIds,
): Promise<() => Promise<void>> {
  const connection = { connectionString: connectionString(settings) }
  const queue = openJobQueue(connection)
  await queue.add('converge-app', { appId: apps.tides ?? '' })
  await queue.add('notify', { deliveryId: randomUUID() })
  const refusing = await startProcessors(connection, everyOne(refuse), { onFailure: () => undefined })
  while ((await queue.list(10)).counts.failed < 2) await new Promise((resolve) => setTimeout(resolve, 50))
  await refusing.close()
  for (const name of ['running', 'broken', 'live'])
    await queue.add('build', { buildId: stages[name] ?? '', objects: { quarantine: null } })
  const one = Object.fromEntries(jobNames.map((name) => [name, 1]))
  const working: RunningProcessors = await startProcessors(connection, everyOne(forEver), {
    concurrency: one,
  })
  return async () => {
    await working.close({ timeoutMs: 500 })
    await queue.close()
  }
}

const refuse = async () => {
  throw jobError['ENGINE.NO_SPACE']()
}
const forEver = (_payload: unknown, { signal }: { signal: AbortSignal }) =>
  new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

function everyOne(work: Processors['build'] | typeof forEver): Processors {
  return Object.fromEntries(jobNames.map((name) => [name, work])) as unknown as Processors
}

/** One that lasts, one that ends soon, one that could not be obtained. */
export async function seedCertificates({ prisma }: Database, { apps }: DemoIds): Promise<void> {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)
  const had = (days: number) => ({
    notBefore: inDays(days - 90),
    notAfter: inDays(days),
    dueAt: inDays(days - 30),
  })
  const error = {
    code: 'CERTIFICATE.REFUSED',
    message: 'ferry.harbour.example does not lead to this machine: 192.0.2.77 answers for it.',
    hint: 'Point its A record at 192.0.2.10.',
    fault: 'user',
    retryable: true,
  }
  await prisma.certificate.createMany({
    data: [
      { appId: null, source: 'acme', host: 'berth.harbour.example', state: 'valid', ...had(64) },
      { appId: apps.ferries, source: 'acme', host: 'ferries.example.com', state: 'valid', ...had(71) },
      { appId: apps.archive, source: 'acme', host: 'archive.example.com', state: 'valid', ...had(6) },
      {
        appId: apps.ferries,
        source: 'acme',
        host: 'ferry.harbour.example',
        state: 'failed',
        attempts: 3,
        error,
        dueAt: inDays(0.1),
      },
    ],
    skipDuplicates: true,
  })
}
