/**
 * A line from a build, made fit for a stranger's terminal. Colours stay (`ESC [ … m`, closed at the end of the line); every
 * other control sequence goes: moving the cursor, setting the title, answering back, turning text around. Of a line that
 * was written over with carriage returns, what stood there last stays. At most `maxLineLength` characters.
 */
export function cleanLine(text: string): string {
  const last =
    text
      .replace(/\r+$/, '')
      .split('\r')
      .findLast((part) => part !== '') ?? ''
  const cut = last.length > maxLineLength ? `${last.slice(0, maxLineLength).toWellFormed()}…` : last
  const clean = cut
    .replace(otherSequences, '')
    .replace(escapes, (sequence) => (colour.test(sequence) ? sequence : ''))
    .replace(controls, '')
  return clean.includes('\u001b') ? `${clean}\u001b[0m` : clean
}

/** Text of several lines, such as an error's message. */
export function cleanLines(text: string): string[] {
  return text.split('\n').map(cleanLine)
}

const maxLineLength = 4_000

// Built from strings, because a control character in a regular expression is seldom meant.
const esc = '\\u001b'
/** ECMA-48: OSC, DCS, SOS, PM and APC run to BEL or ST. */
const otherSequences = new RegExp(
  `(?:${esc}[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007${esc}\\u009c]*(?:\\u0007|${esc}\\\\|\\u009c|$)`,
  'g',
)
/** ECMA-48: CSI runs to a byte from @ to ~; any other escape to its one final byte. */
const escapes = new RegExp(`(?:${esc}\\[|\\u009b)[0-?]*[ -/]*[@-~]?|${esc}[ -/]*[^[]?`, 'g')
const colour = new RegExp(`^${esc}\\[[0-9;:]*m$`)
/** Tabs and the ESC of a colour stay. */
const controlCodes = '\\u0000-\\u0008\\u000a-\\u001a\\u001c-\\u001f\\u007f-\\u009f'
/** Line breaks of Unicode, and what turns the direction of text around. */
const hiddenCharacters = '\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069'
const controls = new RegExp(`[${controlCodes}${hiddenCharacters}]`, 'g')
