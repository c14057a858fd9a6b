import { stdout } from 'node:process'

/**
 * What commands print: tables for people, JSON for programs. Control characters in what comes from elsewhere never
 * reach the terminal.
 */
export type Column<Row> = { title: string; value: (row: Row) => string; align?: 'right' }

/** A table with a blank between the columns; empty lists say so in words. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): string {
  if (rows.length === 0) return empty
  const cells = rows.map((row) => columns.map((column) => plain(column.value(row))))
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((line) => line[i]?.length ?? 0)),
  )
  const pad = (text: string, i: number) =>
    columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)
  const lines = [columns.map((column) => column.title.toUpperCase()), ...cells]
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
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
