import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { localRunner } from '@berth/command'
import { expect, onTestFinished, test } from 'vitest'
import { openPlatformProcesses } from './platform-processes.ts'

/** A child whose command line looks like the receiver's. */
const receiver = [
  '-e',
  'console.log(1); setInterval(() => {}, 1000)',
  '--',
  '/opt/apps/receiver/src/receiver.ts',
]

test('the parts that the supervisor has started are told apart, with what they take', async () => {
  const child = localRunner.start({ argv: [process.execPath, ...receiver], env: {} })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await child.exited
  })
  if (child.stdout) await once(createInterface({ input: child.stdout }), 'line')
  const look = openPlatformProcesses(process.pid)
  const [supervisor, part] = ['Supervisor', 'Receiver'].map((name) => ({ name }))
  const first = await look()
  expect(first).toEqual(
    expect.arrayContaining([expect.objectContaining(supervisor), expect.objectContaining(part)]),
  )
  const found = first.find(({ name }) => name === 'Receiver')
  expect(found).toMatchObject({ pid: child.pid, cpuFraction: null })
  expect(found?.memoryBytes).toBeGreaterThan(1e6)
  expect(Math.abs(Date.parse(found?.startedAt ?? '') - Date.now())).toBeLessThan(20_000)
  const second = (await look()).find(({ name }) => name === 'Receiver')
  expect(second?.cpuFraction).toBeGreaterThanOrEqual(0)
})

test('a worker that nobody supervises shows none', async () => {
  expect(await openPlatformProcesses(2 ** 30)()).toEqual([])
})
