/**
 * Terminal colours as plain values. Input is whatever a program printed, and is hostile: the result holds text and
 * styles from a fixed set, never markup. Every escape sequence but SGR (colour and weight) is dropped, and so are
 * control characters. A carriage return begins the line again, as a progress bar means it.
 * Source: ECMA-48 (CSI, SGR); xterm's control sequences for 38;5 and 38;2.
 */
export type AnsiStyle = {
  /** 0 to 15 are names of the theme; else `#rrggbb`. */
  color: number | string | null
  background: number | string | null
  bold: boolean
  dim: boolean
  italic: boolean
  underline: boolean
}

export type AnsiSpan = { text: string; style: AnsiStyle }

export const plainStyle: AnsiStyle = {
  color: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
}

/** Longer lines are cut when shown, unless all of it is asked for; the copy keeps them. */
export const shownCharacters = 4000
/** A line of more colours than this is shown plain from there on. */
const shownSpans = 200

// CSI … final, OSC … (BEL or ST), other two-character escapes; then what is left of control characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const escapes = /\x1b\[([0-9;:?<=>!]*)([ -/]*[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g

/** Most lines hold none of it: to say so costs far less than to replace. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const special = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

/** The spans of one line, of so many characters at the most. */
export function parseAnsi(line: string, most = shownCharacters): AnsiSpan[] {
  const text = afterCarriageReturn(line)
  const spans: AnsiSpan[] = []
  let style = plainStyle
  let from = 0
  for (const match of text.matchAll(escapes)) {
    push(spans, text.slice(from, match.index), style)
    from = match.index + match[0].length
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '')
    if (spans.length >= shownSpans || from > most) break
  }
  const rest = text.slice(from, Math.max(from, most))
  push(spans, spans.length >= shownSpans ? stripAnsi(rest) : rest, style)
  if (text.length > most) push(spans, ' …', { ...plainStyle, dim: true })
  return spans
}

/** The same line without styles: what is searched and copied. */
export function stripAnsi(line: string): string {
  if (!special.test(line)) return line
  return afterCarriageReturn(line).replace(escapes, '').replace(controls, '')
}

function afterCarriageReturn(line: string): string {
  const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line
  return trimmed.slice(trimmed.lastIndexOf('\r') + 1)
}

function push(spans: AnsiSpan[], raw: string, style: AnsiStyle) {
  const text = raw.replace(controls, '')
  if (text !== '') spans.push({ text, style })
}

function applySgr(before: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)))
  let style = before
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    if (code === 38 || code === 48) {
      const { color, used } = extendedColor(codes.slice(at + 1))
      at += used
      style = code === 38 ? { ...style, color } : { ...style, background: color }
    } else style = applyCode(style, code)
  }
  return style
}

const attributes: Readonly<Record<number, Partial<AnsiStyle>>> = {
  0: plainStyle,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  39: { color: null },
  49: { background: null },
}

/** Colours: 30 to 37 and 90 to 97 (bright), and the same from 40 and 100 for the background. */
function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  const attribute = attributes[code]
  if (attribute) return { ...style, ...attribute }
  const unit = code % 10
  if (unit > 7) return style
  const tens = code - unit
  if (tens === 30 || tens === 90) return { ...style, color: tens === 30 ? unit : unit + 8 }
  if (tens === 40 || tens === 100) return { ...style, background: tens === 40 ? unit : unit + 8 }
  return style
}

/** What follows 38 or 48: `5;n` or `2;r;g;b`. */
function extendedColor(rest: number[]): { color: number | string | null; used: number } {
  if (rest[0] === 5) return { color: paletteColor(rest[1] ?? 0), used: 2 }
  if (rest[0] === 2) return { color: hex(rest.slice(1, 4)), used: 4 }
  return { color: null, used: rest.length }
}

/** xterm's 256: 16 names, a 6 × 6 × 6 cube, 24 greys. */
function paletteColor(index: number): number | string | null {
  if (!Number.isInteger(index) || index < 0 || index > 255) return null
  if (index < 16) return index
  if (index >= 232) return hex(Array(3).fill(8 + (index - 232) * 10))
  const cube = index - 16
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  return hex([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)])
}

function hex(parts: number[]): string | null {
  if (parts.length < 3 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return null
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
