import type { StageEvent } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { eventRenderer } from './render-event.ts'

const at = 0
const error = {
  code: 'X.Y',
  message: 'It broke.\nBadly.',
  hint: 'Mend it.',
  fault: 'user',
  retryable: false,
} as const

describe('an event of a stage', () => {
  test.each<[StageEvent, string[]]>([
    [{ kind: 'section', at, text: 'Building' }, ['=====> Building']],
    [{ kind: 'step-started', at, step: '1', title: 'RUN make' }, ['-----> RUN make']],
    [{ kind: 'line', at, step: '1', stream: 'stderr', text: 'one\ntwo' }, ['       one', '       two']],
    [{ kind: 'warning', at, text: 'careful' }, [' !     careful']],
    [
      { kind: 'warning', at, text: 'careful.', rule: 'StageNameCasing', path: 'Dockerfile', line: 3 },
      [' !     Dockerfile:3: careful. (StageNameCasing)'],
    ],
    [
      { kind: 'reused', at, steps: 12, of: 14, savedMs: 41_000 },
      ['       12 of 14 steps reused, 41 s saved'],
    ],
    [{ kind: 'reused', at, steps: 0, of: 14, savedMs: null }, []],
    [{ kind: 'step-finished', at, step: '1', outcome: 'cached', durationMs: 0 }, ['       from the cache']],
    [{ kind: 'step-finished', at, step: '1', outcome: 'done', durationMs: 999 }, []],
    [
      { kind: 'step-finished', at, step: '1', outcome: 'done', durationMs: 61_000 },
      ['       done in 1 min 1 s'],
    ],
    [{ kind: 'step-finished', at, step: '1', outcome: 'failed', durationMs: 5_000 }, []],
    [{ kind: 'ended', at, outcome: 'succeeded', error: null, next: null }, []],
    [
      { kind: 'ended', at, outcome: 'failed', error, next: null },
      [' !     It broke.', ' !     Badly.', ' !     Mend it.'],
    ],
  ])('%j', (event, lines) => {
    expect(eventRenderer()(event)).toEqual(lines)
  })
})

describe('several steps', () => {
  const started = (step: string, title: string, when = at): StageEvent => ({
    kind: 'step-started',
    at: when,
    step,
    title,
  })
  const line = (step: string, text: string): StageEvent => ({
    kind: 'line',
    at,
    step,
    stream: 'stdout',
    text,
  })
  const done = (step: string): StageEvent => ({
    kind: 'step-finished',
    at,
    step,
    outcome: 'done',
    durationMs: 2_000,
  })

  test('have their names on each line while they happen at once, and only then', () => {
    const render = eventRenderer()
    const events = [
      started('0.1', '[api 2/2] RUN make'),
      line('0.1', 'alone'),
      started('1.1', '[web 2/2] RUN build'),
      line('0.1', 'one'),
      line('1.1', 'two'),
      done('0.1'),
      line('1.1', 'three'),
      done('1.1'),
    ]
    expect(events.flatMap(render)).toEqual([
      '-----> [api 2/2] RUN make',
      '       alone',
      '-----> [web 2/2] RUN build',
      '       [api 2/2] one',
      '       [web 2/2] two',
      '       [api 2/2] done in 2.0 s',
      '       three',
      '       done in 2.0 s',
    ])
  })

  test('a transfer is told every five seconds', () => {
    const render = eventRenderer()
    const progress = (seconds: number): StageEvent => ({
      kind: 'progress',
      at: seconds * 1_000,
      step: '0.0',
      what: 'layer 1 of 3',
      doneBytes: seconds * 1024 * 1024,
      ofBytes: 20 * 1024 * 1024,
    })
    const events = [started('0.0', '[1/1] FROM far', 0), ...[1, 2, 4.9, 5, 6, 9, 10].map(progress)]
    expect(events.flatMap(render)).toEqual([
      '-----> [1/1] FROM far',
      '       layer 1 of 3: 5 of 20 MB',
      '       layer 1 of 3: 10 of 20 MB',
    ])
  })
})
