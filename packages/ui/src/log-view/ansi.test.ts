import { describe, expect, test } from 'vitest'
import { parseAnsi, plainStyle, stripAnsi } from './ansi.ts'

const texts = (line: string) => parseAnsi(line).map((span) => span.text)

describe('a line with terminal colours', () => {
  test('becomes spans with styles', () => {
    expect(parseAnsi('\x1b[1;31mError\x1b[0m: no such file')).toEqual([
      { text: 'Error', style: { ...plainStyle, bold: true, color: 1 } },
      { text: ': no such file', style: plainStyle },
    ])
  })

  test('knows bright, 256 and true colours', () => {
    const colors = parseAnsi('\x1b[92ma\x1b[38;5;208mb\x1b[38;2;1;2;255mc\x1b[39md').map(
      (span) => span.style.color,
    )
    expect(colors).toEqual([10, '#ff8700', '#0102ff', null])
  })

  test('keeps no escape sequence and no control character', () => {
    expect(texts('\x1b]0;title\x07a\x1b[2Kb\x1b[?25lc\x00\x08d\x1b(Be')).toEqual(['a', 'b', 'cd', 'e'])
    expect(stripAnsi('\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x1b[31mred')).toBe('link red')
  })

  test('an impossible colour is none', () => {
    expect(parseAnsi('\x1b[38;2;1;2;999mx')[0]?.style.color).toBeNull()
    expect(parseAnsi('\x1b[38;5;-1mx')[0]?.style.color).toBeNull()
  })

  test('text that looks like markup stays text', () => {
    expect(texts('<img src=x onerror=alert(1)>')).toEqual(['<img src=x onerror=alert(1)>'])
  })

  test('a progress bar shows its last state', () => {
    expect(texts('10 %\r50 %\r100 %\r')).toEqual(['100 %'])
  })

  test('right-to-left overrides cannot turn a line around', () => {
    expect(stripAnsi('safe\u202etxt.exe')).toBe('safetxt.exe')
  })

  test('a line of a megabyte is cut when shown', () => {
    expect(texts('x'.repeat(1_000_000)).join('').length).toBeLessThan(5000)
  })

  test('ten thousand colour changes make at most some hundred spans', () => {
    expect(parseAnsi('\x1b[31mx\x1b[0my'.repeat(10_000)).length).toBeLessThan(300)
  })
})
