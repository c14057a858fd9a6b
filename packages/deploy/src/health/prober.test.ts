import { type Healthcheck, web } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, failed, passed } from './answer.ts'
import type { Asked } from './ask.ts'
import { type Judgement, openProber, type ProberParts } from './prober.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const check = (type: Healthcheck['type'], given: Partial<Healthcheck> = {}): Healthcheck => ({
  type,
  name: type,
  probe: { kind: 'listening', port: null },
  initialDelayMs: 0,
  attempts: 3,
  timeoutMs: 5_000,
  waitMs: 5_000,
  ...given,
})
const asked = (id: string): Asked => ({
  container: { id, address: '192.0.2.1', startedAt: new Date() },
  port: 5000,
  host: 'shop.example.test',
  containers: { exec: () => Promise.reject(new Error('not here')) },
  mask: (text) => text,
})
const watched = (id: string, checks: Healthcheck[], isReady = true) => ({
  appId: 'app',
  slot: { type: web, index: 1 },
  asked: asked(id),
  checks,
  isReady,
})

/** `answer` says what each asking finds; what was asked, judged and reported is kept. */
function given(answer: (id: string) => Answer | Promise<Answer>, parts: Partial<ProberParts> = {}) {
  const askings: string[] = []
  const judgements: Judgement[] = []
  const reports: unknown[] = []
  const prober = openProber({
    judged: (judgement) => judgements.push(judgement),
    report: (_doing, error) => reports.push(error),
    ask: async ({ container }, { name }) => {
      askings.push(`${container.id} ${name}`)
      return await answer(container.id)
    },
    random: () => 0.5,
    ...parts,
  })
  return {
    prober,
    askings,
    judgements,
    reports,
    verdicts: () => judgements.map(({ verdict }) => verdict.kind),
  }
}

const refused = failed('connection refused')

describe('the prober', () => {
  test('asks after half a pause, here, and then with one between two askings', async () => {
    const { prober, askings } = given(() => passed)
    prober.watch(watched('a', [check('liveness')]))
    await vi.advanceTimersByTimeAsync(2_499)
    expect(askings).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(askings).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(askings).toHaveLength(4)
  })

  test('spreads a thousand that are found at one time', async () => {
    const { prober, askings } = given(() => passed, { random: Math.random })
    for (let number = 0; number < 1_000; number += 1) prober.watch(watched(`c${number}`, [check('liveness')]))
    await vi.advanceTimersByTimeAsync(2_500)
    expect(askings.length).toBeGreaterThan(350)
    expect(askings.length).toBeLessThan(650)
  })

  test('tells once that one is given up, and asks it no more', async () => {
    const { prober, judgements, askings } = given(() => refused)
    prober.watch(watched('a', [check('liveness')]))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(judgements).toEqual([
      {
        appId: 'app',
        slot: { type: web, index: 1 },
        containerId: 'a',
        verdict: {
          kind: 'given up',
          because: 'liveness check "liveness" failed 3 times: connection refused',
        },
        soundMs: 0,
      },
    ])
    expect(askings).toHaveLength(3)
    expect(prober.watching('app')).toEqual([])
  })

  test('says for how long one was sound that is given up', async () => {
    let well = true
    const { prober, judgements } = given(() => (well ? passed : refused))
    prober.watch(watched('a', [check('liveness')]))
    await vi.advanceTimersByTimeAsync(92_501)
    well = false
    await vi.advanceTimersByTimeAsync(30_000)
    expect(judgements).toMatchObject([{ verdict: { kind: 'given up' }, soundMs: 92_500 }])
  })

  test('tells when one is not ready any more, and when it is again', async () => {
    let well = false
    const { prober, verdicts } = given(() => (well ? passed : refused))
    prober.watch(watched('a', [check('readiness')]))
    await vi.advanceTimersByTimeAsync(40_000)
    expect(verdicts()).toEqual(['unready'])
    expect(prober.look('a')).toMatchObject({ because: expect.stringContaining('failed 8 times') })
    well = true
    await vi.advanceTimersByTimeAsync(10_000)
    expect(verdicts()).toEqual(['unready', 'fine'])
  })

  test('asks one at once, and every second, that was never ready', async () => {
    let well = false
    const { prober, askings, verdicts } = given(() => (well ? passed : refused))
    prober.watch(watched('a', [check('readiness', { waitMs: 30_000 })], false))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(askings).toHaveLength(4)
    well = true
    await vi.advanceTimersByTimeAsync(1_000)
    expect(verdicts()).toEqual(['fine'])
    await vi.advanceTimersByTimeAsync(29_000)
    expect(askings).toHaveLength(5)
  })

  test('begins after the initial delay, counted from the start of the container', async () => {
    const { prober, askings } = given(() => passed)
    const late = watched('a', [check('liveness', { initialDelayMs: 60_000 })])
    late.asked.container.startedAt = new Date(Date.now() - 50_000)
    prober.watch(late)
    await vi.advanceTimersByTimeAsync(12_499)
    expect(askings).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(askings).toHaveLength(1)
  })

  test('never has two askings of one check under way', async () => {
    const held = Promise.withResolvers<Answer>()
    const { prober, askings } = given(() => held.promise)
    prober.watch(watched('a', [check('liveness')]))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(askings).toHaveLength(1)
    held.resolve(passed)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(askings).toHaveLength(2)
  })

  test('asks so many at a time and no more; who waits is late, and not failed', async () => {
    const waiting: (() => void)[] = []
    const { prober, judgements } = given(
      () => new Promise<Answer>((resolve) => waiting.push(() => resolve(passed))),
      { atOnce: { connections: { atOnce: 2, perApp: 2 }, commands: { atOnce: 1, perApp: 1 } } },
    )
    for (const id of ['a', 'b', 'c']) prober.watch(watched(id, [check('liveness')]))
    prober.watch(watched('d', [check('liveness', { probe: { kind: 'command', argv: ['true'] } })]))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(waiting).toHaveLength(3)
    waiting.shift()?.()
    await vi.advanceTimersByTimeAsync(1)
    expect(waiting).toHaveLength(3)
    expect(judgements).toEqual([])
  })

  test('forgets: nothing is asked or told of it any more, not even what is under way', async () => {
    const held = Promise.withResolvers<Answer>()
    const { prober, askings, judgements } = given(() => held.promise)
    prober.watch(watched('a', [check('liveness', { attempts: 1 })]))
    prober.watch(watched('b', [check('liveness', { attempts: 1 })]))
    await vi.advanceTimersByTimeAsync(2_500)
    prober.forget('a')
    prober.close()
    held.resolve(refused)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(askings).toHaveLength(2)
    expect(judgements).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('one that is forgotten and watched anew begins anew', async () => {
    const { prober, judgements } = given(() => refused)
    prober.watch(watched('a', [check('liveness')]))
    await vi.advanceTimersByTimeAsync(8_000)
    prober.forget('a')
    prober.watch(watched('a', [check('liveness')]))
    await vi.advanceTimersByTimeAsync(8_000)
    expect(judgements).toEqual([])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(judgements).toHaveLength(1)
  })

  test('goes by its own clock: one that is set forward or back changes nothing', async () => {
    const { prober, askings } = given(() => passed)
    prober.watch(watched('a', [check('liveness')]))
    vi.setSystemTime(Date.now() + 365 * 24 * 60 * 60_000)
    await vi.advanceTimersByTimeAsync(2_500)
    vi.setSystemTime(Date.now() - 2 * 365 * 24 * 60 * 60_000)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(askings).toHaveLength(2)
  })

  test('asks nobody more than once a second, whatever somebody wrote', async () => {
    const { prober, askings } = given(() => passed)
    prober.watch(watched('a', [check('liveness', { waitMs: 1 })]))
    await vi.advanceTimersByTimeAsync(10_400)
    expect(askings).toHaveLength(10)
  })

  test('gives no answer more than 30 s, whatever somebody wrote', async () => {
    const timeouts: number[] = []
    const { prober } = given(() => passed, {
      ask: async (_asked, { timeoutMs }) => {
        timeouts.push(timeoutMs)
        return passed
      },
    })
    for (const timeoutMs of [86_400_000, 1_000, 0]) {
      prober.watch(watched(String(timeoutMs), [check('liveness', { timeoutMs })]))
    }
    await vi.advanceTimersByTimeAsync(3_000)
    expect(timeouts).toEqual([30_000, 1_000, 5_000])
  })

  test('goes on after a bug in an asking, and reports it', async () => {
    const { prober, askings, reports } = given(() => Promise.reject(new Error('a bug')))
    prober.watch(watched('a', [check('liveness')]))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(askings).toHaveLength(2)
    expect(reports).toHaveLength(2)
  })
})
