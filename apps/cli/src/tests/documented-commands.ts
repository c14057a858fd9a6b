import { globSync, readFileSync } from 'node:fs'
import { readCommand } from '@berth/release'

/** A `berth …` line of a page, in a block that a shell could be given. */
export type DocumentedCommand = { page: string; line: number; text: string; words: string[] }

const root = new URL('../../../..', import.meta.url).pathname
const pages = ['README.md', 'apps/cli/docs/*.md']

/** Every call of `berth` that the pages show: without `sudo`, what a shell does around it, and remarks. */
export function documentedCommands(): DocumentedCommand[] {
  return pages
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .flatMap((page) => commandsOf(page, readFileSync(`${root}/${page}`, 'utf8')))
}

export function commandsOf(page: string, text: string): DocumentedCommand[] {
  let inShell = false
  return text.split('\n').flatMap((line, index) => {
    if (line.startsWith('```')) inShell = line === '```sh'
    const call = inShell ? /^(?:.*[|] )?(?:sudo )?(?:infra\/)?berth (.*)$/.exec(line) : null
    if (call === null) return []
    const said = (call[1] ?? '').replace(/ +(?:#|[|<>]|>>|2>) .*$/, '')
    return [{ page, line: index + 1, text: said, words: wordsOf(said) }]
  })
}

function wordsOf(text: string): string[] {
  const { words } = readCommand(text)
  return words.map((parts) =>
    parts.map((part) => (part.kind === 'text' ? part.text : `$${part.name}`)).join(''),
  )
}
