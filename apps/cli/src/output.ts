import { stdout } from 'node:process'
import { styleText } from 'node:util'

/**
 * What commands print: tables for people, JSON for programs. Control characters in what comes from elsewhere never
 * reach the terminal.
 */
export type Column<Row> = {
  title: string
  value: (row: Row) => string
  align?: 'right'
  /** Colours are for terminals that want them (NO_COLOR); they never say what no word says. */
  tone?: (row: Row) => Tone
}

export type Tone = 'good' | 'bad' | 'busy' | 'plain'

const colours = { good: 'green', bad: 'red', busy: 'yellow' } as const

/** A table with a blank between the columns; empty lists say so in words. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): string {
  if (rows.length === 0) return empty
  const cells = rows.map((row) => columns.map((column) => plain(column.value(row))))
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((line) => line[i]?.length ?? 0)),
  )
  const pad = (text: string, i: number) =>
    columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)
  const head = columns.map((column) => column.title.toUpperCase()).map(pad)
  const body = cells.map((line, at) =>
    line.map((cell, i) => coloured(pad(cell, i), columns[i]?.tone?.(rows[at] as Row) ?? 'plain')),
  )
  return [head, ...body].map((line) => line.join('  ').trimEnd()).join('\n')
}

function coloured(text: string, tone: Tone): string {
  return tone === 'plain' ? text : styleText(colours[tone], text, { stream: stdout })
}

const tones: Readonly<Record<Exclude<Tone, 'plain'>, readonly string[]>> = {
  good: ['live', 'running', 'succeeded', 'healthy', 'valid', 'delivered'],
  bad: ['failed', 'crashed', 'unhealthy', 'expired', 'lost'],
  busy: ['queued', 'building', 'deploying', 'starting', 'restarting', 'stopping', 'pending'],
}

/** The column of a state, in the colour that goes with its word. */
export function stateColumn<Row>(state: (row: Row) => string): Column<Row> {
  const toneOf = (word: string): Tone =>
    (Object.keys(tones) as (keyof typeof tones)[]).find((tone) => tones[tone].includes(word)) ?? 'plain'
  return { title: 'state', value: state, tone: (row) => toneOf(state(row)) }
}

/** Prints rows as a table, or as JSON where `--json` was given. */
export function printList<Row>(
  rows: readonly Row[],
  options: { json?: boolean; columns: readonly Column<Row>[]; empty: string },
): void {
  stdout.write(
    `${options.json ? JSON.stringify(rows, null, 2) : table(rows, options.columns, options.empty)}\n`,
  )
}

export function print(line: string): void {
  stdout.write(`${line}\n`)
}

/** Text from elsewhere, made fit for a terminal: control characters and direction marks become `?`. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not pass.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')
}

/** `3 min ago` */
export function ago(at: Date | string | null, now = Date.now()): string {
  if (at === null) return '–'
  const seconds = Math.max(0, Math.round((now - new Date(at).getTime()) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** `12.3 MB`, in units of 1,000. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, count > 0 ? Math.floor(Math.log10(count) / 3) : 0)
  return `${(count / 1000 ** power).toFixed(power < 2 ? 0 : 1)} ${units[power]}`
}
