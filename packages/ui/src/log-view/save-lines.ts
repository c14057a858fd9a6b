import { stripAnsi } from './ansi.ts'
import type { LogLine } from './log-lines.ts'

/** The lines as people read them, without colours. */
export function linesAsText(lines: readonly LogLine[]): string {
  return lines.map((line) => stripAnsi(line.text)).join('\n')
}

/** Hands a text to the browser as a file. */
export function saveText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text, '\n'], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser reads it while the click is carried out; a moment more does no harm.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
