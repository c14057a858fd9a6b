/** What `docker buildx build --progress=rawjson` prints to its error output: warnings while it works, and why it failed. */
import { z } from 'zod'
import type { Warning } from './warnings.ts'

const position = z.object({ line: z.number() })
const statusSchema = z.object({
  warnings: z
    .array(
      z.object({
        /** `Rule: words (line N)`, in base64. */
        short: z.string(),
        range: z.array(z.object({ start: position, end: position })).default([]),
      }),
    )
    .default([]),
})

/** Each once, in the order in which they were told. */
export function warningsIn(printed: string): Warning[] {
  const told = linesOf(printed).flatMap(({ warnings }) => warnings)
  const found = told.map(({ short, range }): Warning => {
    const text = Buffer.from(short, 'base64').toString('utf8')
    const [, rule = '', words = ''] = /^(\w+): (.*?)(?: \(line \d+\))?$/s.exec(text) ?? []
    const lines = range.flatMap(({ start, end }) => [start.line, end.line])
    return { rule, text: words, first: Math.min(...lines), last: Math.max(...lines) }
  })
  return [...new Map(found.map((warning) => [JSON.stringify(warning), warning])).values()]
}

const longestMessage = 400

/** @throws Error where it is not the build that failed */
export function failureIn(printed: string): { message: string; line: number | null } {
  const [, reason] = /.*ERROR: failed to build: (.*)/s.exec(printed) ?? []
  if (reason === undefined) throw new Error(`Docker's client failed: ${printed.slice(-2_000)}`)
  // The file's lines, with `>>>` at those meant; its name and number stand above.
  const [, shown] = /^[^\s:{]+:(\d+)\n-{10,}\n/m.exec(printed) ?? []
  const [, said] = /parse error on line (\d+)/.exec(reason) ?? []
  const line = shown ?? said
  return {
    message: reason.replace(/\s+/g, ' ').trim().slice(0, longestMessage),
    line: line === undefined ? null : Number(line),
  }
}

function linesOf(printed: string): z.output<typeof statusSchema>[] {
  return printed
    .split('\n')
    .filter((line) => line.startsWith('{"'))
    .map((line) => statusSchema.parse(JSON.parse(line)))
}
