import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { carryOut } from './carry-out.ts'
import type { Step } from './plan-deploy.ts'

const remove = (containerId: string): Step => ({ kind: 'removeInstance', containerId })
const never = () => new Promise<void>(() => undefined)
const open = new AbortController().signal

describe('carrying plans out', () => {
  test('goes on until there is nothing left to do', async () => {
    const left = ['a', 'b', 'c']
    await carryOut({
      plan: async () => left.slice(0, 1).map(remove),
      execute: async () => void left.shift(),
      changed: never,
      signal: open,
      onFailure: 'stop',
    })
    expect(left).toEqual([])
  })

  test('does not do one thing twice at once', async () => {
    const done: string[] = []
    await carryOut({
      plan: async () => ['slow', 'quick'].filter((id) => !done.includes(id)).map(remove),
      execute: async (step) => {
        const id = (step as { containerId: string }).containerId
        await sleep(id === 'slow' ? 20 : 1)
        done.push(id)
      },
      changed: never,
      signal: open,
      onFailure: 'stop',
    })
    expect(done).toEqual(['quick', 'slow'])
  })

  test('a failure ends a deployment: the other steps are aborted and waited for', async () => {
    const aborted: string[] = []
    const work = carryOut({
      plan: async () => ['bad', 'slow'].map(remove),
      execute: async (step, signal) => {
        if ((step as { containerId: string }).containerId === 'bad') throw new Error('it crashed')
        await sleep(10_000, undefined, { signal }).catch(() => aborted.push('slow'))
      },
      changed: never,
      signal: open,
      onFailure: 'stop',
    })
    await expect(work).rejects.toThrow('it crashed')
    expect(aborted).toEqual(['slow'])
  })

  test('a failure does not end keeping, and is not tried again in the same round', async () => {
    const failed: unknown[] = []
    let tries = 0
    await carryOut({
      plan: async () => [remove('bad')],
      execute: async () => {
        tries += 1
        throw new Error('busy')
      },
      changed: never,
      signal: open,
      onFailure: 'go-on',
      failed: (_step, error) => failed.push(error),
    })
    expect([tries, failed.length]).toEqual([1, 1])
  })

  test('plans again when something changed outside', async () => {
    const change = Promise.withResolvers<void>()
    let wanted = ['slow']
    const begun: string[] = []
    const work = carryOut({
      plan: async () => wanted.map(remove),
      execute: async (step) => {
        const id = (step as { containerId: string }).containerId
        begun.push(id)
        await sleep(id === 'slow' ? 30 : 1)
        wanted = wanted.filter((other) => other !== id)
      },
      changed: () => (begun.length < 2 ? change.promise : never()),
      signal: open,
      onFailure: 'go-on',
    })
    wanted = ['slow', 'urgent']
    change.resolve()
    await work
    expect(begun).toEqual(['slow', 'urgent'])
  })

  test('an aborted signal ends it with its reason', async () => {
    const stop = new AbortController()
    const work = carryOut({
      plan: async () => [remove('slow')],
      execute: (_step, signal) => sleep(10_000, undefined, { signal }),
      changed: never,
      signal: stop.signal,
      onFailure: 'stop',
    })
    stop.abort(new Error('cancelled'))
    await expect(work).rejects.toThrow('cancelled')
  })
})
