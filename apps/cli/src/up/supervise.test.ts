import { setTimeout as sleep } from 'node:timers/promises'
import { command, localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { type Part, restartDelayMs } from './part.ts'
import { supervise } from './supervise.ts'

function part(script: string, changes: Partial<Part> = {}): Part {
  return {
    name: 'part',
    command: command(process.execPath, '-e', script),
    ready: async () => undefined,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
    ...changes,
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries += 1) await sleep(25)
  expect(condition()).toBe(true)
}

test('the delay before a restart grows and has an end', () => {
  expect([1, 2, 3, 9, 1000].map(restartDelayMs)).toEqual([200, 400, 800, 5_000, 5_000])
})

test('a part that was killed is started again', async () => {
  const lines: string[] = []
  const supervised = supervise(
    part('console.log("up"); setInterval(() => {}, 1000)'),
    localRunner,
    (_, line) => lines.push(line),
  )
  await until(() => lines.includes('up'))
  const first = supervised.pid()
  process.kill(first ?? 0, 'SIGKILL')
  await until(() => lines.filter((line) => line === 'up').length === 2)
  expect(supervised.pid()).not.toBe(first)
  await supervised.stop()
  expect(lines).toContain('ended with SIGKILL; starting it again in 200 ms')
})

test('a part that ignores its signal is killed in the end', async () => {
  const lines: string[] = []
  const deaf = part('process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)', {
    stopTimeoutMs: 200,
  })
  const supervised = supervise(deaf, localRunner, (_, line) => lines.push(line))
  await until(() => lines.includes('up'))
  const pid = supervised.pid() ?? 0
  await supervised.stop()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('a part is stopped while it waits for its restart', async () => {
  const lines: string[] = []
  const supervised = supervise(part('process.exit(3)'), localRunner, (_, line) => lines.push(line))
  await until(() => lines.some((line) => line.startsWith('ended with status 3')))
  await supervised.stop()
})

test('a part that is stopped while it is prepared is not started', async () => {
  const prepared = Promise.withResolvers<void>()
  const slow = part('setInterval(() => {}, 1000)', { prepare: () => prepared.promise })
  const supervised = supervise(slow, localRunner, () => undefined)
  const stopped = supervised.stop()
  prepared.resolve()
  await stopped
  expect(supervised.pid()).toBe(undefined)
})

test('a part that does not get ready in time is told apart from one that does', async () => {
  const never = part('setInterval(() => {}, 1000)', {
    ready: (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  const supervised = supervise(never, localRunner, () => undefined)
  await expect(supervised.ready(50)).rejects.toThrow()
  await supervised.stop()
})
