import type { Healthcheck, HealthProbe } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { type Answer, failed, passed, unknown } from './answer.ts'
import { afterAnswer, firstStanding, verdictOf } from './verdict.ts'

const check = (type: Healthcheck['type'], given: Partial<Healthcheck> = {}): Healthcheck => ({
  type,
  name: 'page',
  probe: { kind: 'listening', port: null },
  initialDelayMs: 0,
  attempts: 3,
  timeoutMs: 5_000,
  waitMs: 5_000,
  ...given,
})
const refused = failed('connection refused')
const answers: Record<string, Answer> = { '+': passed, '-': refused, '?': unknown('it is ending') }

/** `+` passed, `-` failed, `?` nothing was found out, in the order in which they came. */
const verdict = (one: Healthcheck, row: string, isReady = true) => verdictOf([standing(one, row, isReady)])
const standing = (one: Healthcheck, row: string, isReady = true) =>
  [...row].reduce(
    (before, sign) => afterAnswer(before, answers[sign] as Answer),
    firstStanding(one, { isReady }),
  )

describe('a liveness check', () => {
  test.each(['', '+', '-', '--', '--+--', '--?+', '?', '???'])('that said %j lets it live', (row) => {
    expect(verdict(check('liveness'), row)).toEqual({ kind: 'fine' })
  })

  test.each(['---', '+---', '--?-', '--+---'])('that said %j gives it up, with the cause in words', (row) => {
    expect(verdict(check('liveness'), row)).toEqual({
      kind: 'given up',
      because: 'liveness check "page" failed 3 times: connection refused',
    })
  })

  test('of one attempt gives up at the first failure', () => {
    expect(verdict(check('liveness', { attempts: 1 }), '+-')).toEqual({
      kind: 'given up',
      because: 'liveness check "page" failed once: connection refused',
    })
  })

  test('without a name is called by what it asks', () => {
    const probe: HealthProbe = {
      kind: 'http',
      scheme: 'http',
      path: '/up',
      port: null,
      content: null,
      headers: [],
    }
    expect(verdict(check('liveness', { name: null, probe }), '---')).toMatchObject({
      because: 'liveness check GET /up failed 3 times: connection refused',
    })
  })
})

describe('a readiness check', () => {
  test.each(['', '-', '--', '+--', '--?', '---+', '-----+'])(
    'that said %j of one that was ready leaves it so',
    (row) => {
      expect(verdict(check('readiness'), row)).toEqual({ kind: 'fine' })
    },
  )

  test.each([
    ['---', 3],
    ['+---', 3],
    ['---+---', 3],
    ['-----', 5],
  ])('that said %j takes its requests away', (row, times) => {
    expect(verdict(check('readiness'), row)).toEqual({
      kind: 'unready',
      readiness: 'lost',
      because: `readiness check "page" failed ${times} times: connection refused`,
    })
  })

  test('that has never passed gives it none', () => {
    const never = { kind: 'unready', readiness: 'not yet' }
    expect(verdict(check('readiness'), '', false)).toEqual({
      ...never,
      because: 'readiness check "page" has not passed yet',
    })
    expect(verdict(check('readiness'), '-', false)).toMatchObject(never)
    expect(verdict(check('readiness'), '?????', false)).toMatchObject(never)
    expect(verdict(check('readiness'), '--------+', false)).toEqual({ kind: 'fine' })
  })
})

describe('several checks', () => {
  test('all have to pass', () => {
    const first = standing(check('readiness'), '+++')
    const second = standing(check('readiness', { name: 'other' }), '---')
    expect(verdictOf([first, second])).toMatchObject({
      readiness: 'lost',
      because: expect.stringContaining('"other"'),
    })
  })

  test('one that gives up outweighs those that wait', () => {
    const waiting = standing(check('readiness'), '---', false)
    const dead = standing(check('liveness', { name: 'alive' }), '---')
    expect(verdictOf([waiting, dead])).toMatchObject({ kind: 'given up' })
  })

  test('none at all is fine', () => {
    expect(verdictOf([])).toEqual({ kind: 'fine' })
  })
})
