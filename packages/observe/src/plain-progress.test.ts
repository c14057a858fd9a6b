import type { StageEvent } from '@berth/domain'
import { expect, test } from 'vitest'
import { plainProgress } from './plain-progress.ts'

const line = (at: number, step: string | null, text: string): StageEvent => ({
  kind: 'line',
  at,
  step,
  stream: 'stdout',
  text,
})

function shown(...events: StageEvent[]): string[] {
  const progress = plainProgress()
  return events.flatMap(progress)
}

test('steps are numbered in the order in which they begin; lines carry the time since then', () => {
  expect(
    shown(
      { kind: 'section', at: 0, text: 'Building' },
      { kind: 'step-started', at: 0, step: '0.0', title: '[1/2] FROM base' },
      { kind: 'step-finished', at: 0, step: '0.0', outcome: 'cached', durationMs: 0 },
      { kind: 'step-started', at: 1_000, step: '0.1', title: '[2/2] RUN make' },
      line(1_312, '0.1', 'one\ntwo'),
      { kind: 'step-finished', at: 2_200, step: '0.1', outcome: 'done', durationMs: 1_200 },
      { kind: 'reused', at: 2_300, steps: 1, of: 2, savedMs: null },
      { kind: 'ended', at: 2_300, outcome: 'succeeded', error: null, next: null },
    ),
  ).toEqual([
    'Building',
    '#1 [1/2] FROM base',
    '#1 CACHED',
    '',
    '#2 [2/2] RUN make',
    '#2 0.312 one',
    '#2 0.312 two',
    '#2 DONE 1.2s',
    '',
    '1 of 2 steps reused',
  ])
})

test('steps that happen at once stay apart', () => {
  expect(
    shown(
      { kind: 'step-started', at: 0, step: '0.1', title: '[a 1/1] RUN a' },
      { kind: 'step-started', at: 0, step: '1.1', title: '[b 1/1] RUN b' },
      line(10, '0.1', 'from a'),
      line(20, '1.1', 'from b'),
      { kind: 'step-finished', at: 30, step: '1.1', outcome: 'failed', durationMs: 30 },
      { kind: 'step-finished', at: 40, step: '0.1', outcome: 'cancelled', durationMs: 40 },
    ),
  ).toEqual([
    '#1 [a 1/1] RUN a',
    '',
    '#2 [b 1/1] RUN b',
    '#1 0.010 from a',
    '#2 0.020 from b',
    '#2 ERROR after 0.0s',
    '#1 CANCELED',
  ])
})

test('a transfer is told once a second and when it is complete; warnings and failures in words', () => {
  const progress = (at: number, doneBytes: number): StageEvent => ({
    kind: 'progress',
    at,
    step: '0.0',
    what: 'layer',
    doneBytes,
    ofBytes: 4096,
  })
  const error = { code: 'X.Y', message: 'It broke.', hint: '', fault: 'user', retryable: false } as const
  expect(
    shown(
      { kind: 'step-started', at: 5_000, step: '0.0', title: 'FROM far' },
      progress(5_000, 1024),
      progress(5_500, 2048),
      progress(5_600, 4096),
      { kind: 'warning', at: 5_600, text: 'Careful.', rule: 'R', path: 'Dockerfile', line: 2 },
      { kind: 'ended', at: 5_700, outcome: 'failed', error, next: null },
    ),
  ).toEqual([
    '#1 FROM far',
    '#1 layer: 1 of 4 kB',
    '#1 layer: 4 of 4 kB',
    'WARNING: Dockerfile:2: Careful. (R)',
    '',
    'ERROR: It broke.',
  ])
})

test('nothing that a program prints moves the cursor', () => {
  expect(shown(line(0, null, 'a\u001b[2Jb'))).toEqual(['ab'])
})
