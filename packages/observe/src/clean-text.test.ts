import { describe, expect, test } from 'vitest'
import { cleanLine } from './clean-text.ts'

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
