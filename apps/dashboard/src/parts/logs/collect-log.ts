import type { AppLogLine, LogPage } from '@berth/observe'

/** A file that an editor opens; who wants all of it has `berth logs`. */
const mostLines = 20_000
const mostCharacters = 10_000_000
const linesAPage = 1_000

type Page = (asked: { before: number | null; limit: number }) => Promise<LogPage>

/** The newest lines of a log as plain text, oldest first; a line in front says where it was cut. */
export async function collectLog(page: Page, most = mostLines): Promise<string> {
  const pages: string[][] = []
  let before: number | null = null
  let [count, characters] = [0, 0]
  do {
    const { lines, before: next }: LogPage = await page({ before, limit: Math.min(linesAPage, most - count) })
    const texts = lines.map(sayLine)
    pages.unshift(texts)
    count += lines.length
    characters += texts.reduce((sum, text) => sum + text.length, 0)
    before = next
  } while (before !== null && count < most && characters < mostCharacters)
  const head = before === null ? [] : [`# Older lines are left out: these are the newest ${count}.`]
  return [...head, ...pages.flat()].join('\n')
}

/** As `berth logs` prints it, but to the millisecond. */
function sayLine({ at, source, instance, text }: AppLogLine): string {
  const from = instance === source ? source : `${source}[${instance}]`
  return `${at} ${from} ${plain(text)}`
}

/** Without colours: a file is no terminal. Source: ECMA-48, control sequences. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
  return text.replace(/\x1b\[[0-9;:?]*[ -/]*[@-~]/g, '').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
}
