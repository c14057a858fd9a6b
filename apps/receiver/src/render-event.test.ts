import type { StageEvent } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { cleanLine } from './clean-text.ts'
import { renderDuration, renderEvent } from './render-event.ts'

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
    expect(renderEvent(event)).toEqual(lines)
  })
})

test.each([
  [0, '0.0 s'],
  [840, '0.8 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 0 s'],
])('%i ms are %s', (ms, text) => expect(renderDuration(ms)).toBe(text))

describe('a line of a build', () => {
  test.each([
    ['colours stay, and end with the line', '\u001b[1;31mred', '\u001b[1;31mred\u001b[0m'],
    ['256 colours too', '\u001b[38;5;9mred\u001b[0m', '\u001b[38;5;9mred\u001b[0m\u001b[0m'],
    ['the cursor is not moved', 'a\u001b[2J\u001b[1;1H\u001b[?25lb', 'ab'],
    ['the title is not set', 'a\u001b]0;owned\u0007b\u001b]2;x\u001b\\c', 'abc'],
    ['a sequence that is not ended swallows no more than itself', 'a\u001b]0;owned', 'a'],
    ['device strings go', 'a\u001bP1$r\u001b\\b\u001b_x\u001b\\c', 'abc'],
    ['one-byte forms of them go', 'a\u009b2Jb\u009dx\u0007c', 'abc'],
    ['a lone escape goes', 'a\u001b', 'a'],
    ['escapes of two bytes go', 'a\u001bcb\u001b(Bc', 'abc'],
    ['hidden colours do not nest', '\u001b[3\u001b[2Jm', 'm'],
    ['bells and backspaces go, tabs stay', 'a\u0007\b\tb', 'a\tb'],
    ['text is not turned around', 'a\u202eb\u2066c', 'abc'],
    ['what was written over is gone', '10 %\r50 %\r100 %', '100 %'],
    ['a carriage return at the end is none', 'done\r', 'done'],
    ['other languages stay', 'größer 大 🚢', 'größer 大 🚢'],
  ])('%s', (_what, given, clean) => {
    expect(cleanLine(given)).toBe(clean)
  })

  test('is cut when it is endless, and that is quick', () => {
    const before = Date.now()
    expect(cleanLine('\u001b['.repeat(500_000)).length).toBeLessThan(5_000)
    expect(cleanLine('x'.repeat(1_000_000)).length).toBe(4_001)
    expect(Date.now() - before).toBeLessThan(1_000)
  })
})
