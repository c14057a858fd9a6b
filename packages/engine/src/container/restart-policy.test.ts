import { describe, expect, test } from 'vitest'
import type { RestartPolicy } from '../engine.ts'
import { nextRestart, startsWithEngine } from './restart-policy.ts'

const policy = (when: RestartPolicy['when'], mostRestarts = 0): RestartPolicy => ({ when, mostRestarts })
const failed = { exit: { code: 1 }, stopped: false, restarts: 0, ranMs: 50 }

describe('a container that has ended', () => {
  test.each([
    ['no', 1, false],
    ['on-failure', 1, true],
    ['on-failure', 0, false],
    ['always', 0, true],
    ['unless-stopped', 0, true],
  ] as const)('by the policy %s with the code %i is restarted: %s', (when, code, restarted) => {
    expect(nextRestart({ ...failed, policy: policy(when), exit: { code } }) !== null).toBe(restarted)
  })

  test.each(['on-failure', 'always', 'unless-stopped'] as const)('by hand stays so: %s', (when) => {
    expect(nextRestart({ ...failed, policy: policy(when), stopped: true })).toBeNull()
  })

  test('waits twice as long each time, a minute at most', () => {
    const delays = [0, 1, 2, 9, 10, 1_000].map(
      (restarts) => nextRestart({ ...failed, policy: policy('always'), restarts })?.afterMs,
    )
    expect(delays).toEqual([100, 200, 400, 51_200, 60_000, 60_000])
  })

  test('is counted anew after it has run for ten seconds', () => {
    const settled = { ...failed, policy: policy('on-failure', 3), restarts: 3 }
    expect(nextRestart(settled)).toBeNull()
    expect(nextRestart({ ...settled, ranMs: 10_000 })).toEqual({ afterMs: 100, restarts: 1 })
  })
})

describe('when the engine is opened', () => {
  const idle = { stopped: false, fresh: false, due: false }
  test.each([
    ['no', { ...idle, due: true }, false],
    ['always', idle, true],
    ['always', { ...idle, stopped: true }, true],
    ['always', { ...idle, fresh: true }, false],
    ['unless-stopped', idle, true],
    ['unless-stopped', { ...idle, stopped: true }, false],
    ['on-failure', idle, false],
    ['on-failure', { ...idle, due: true }, true],
    ['on-failure', { ...idle, due: true, stopped: true }, false],
  ] as const)('%s, %j: %s', (when, state, starts) => {
    expect(startsWithEngine({ policy: policy(when), ...state })).toBe(starts)
  })
})
