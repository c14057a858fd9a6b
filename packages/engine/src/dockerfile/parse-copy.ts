import { parseHeredoc } from './heredoc.ts'
import type { CopyInstruction } from './instruction.ts'
import { at, fail, jsonWords, type LineParts, wordsBetweenBlanks } from './line-parts.ts'
import { type FlagKinds, parseFlags } from './parse-flags.ts'

const copyFlags: FlagKinds = {
  from: 'text',
  chown: 'text',
  chmod: 'text',
  link: 'switch',
  exclude: 'list',
  parents: 'switch',
}
const addFlags: FlagKinds = {
  chown: 'text',
  chmod: 'text',
  link: 'switch',
  exclude: 'list',
  checksum: 'text',
  'keep-git-dir': 'switch',
  unpack: 'switch',
}

/** COPY and ADD. `--link` changes nothing: a layer never depends on more than it must. @throws BUILD.SYNTAX, BUILD.UNKNOWN_FLAG */
export function parseCopy(line: LineParts): CopyInstruction {
  const keyword = line.keyword === 'ADD' ? 'ADD' : 'COPY'
  const kinds = keyword === 'ADD' ? addFlags : copyFlags
  const flags = parseFlags(keyword, line.rest, kinds, line.place, line.escape)
  const { sources, destination } = paths(flags.rest, line)
  const named = new Map(line.heredocs.map((heredoc) => [heredoc.name, heredoc]))
  const inline = sources.flatMap((source) => {
    const opened = parseHeredoc(source)
    return opened === undefined ? [] : [named.get(opened.name) ?? opened]
  })
  return {
    ...at(line, keyword),
    sources: sources.filter((source) => parseHeredoc(source) === undefined),
    destination,
    from: from(flags.text('from'), line),
    owner: flags.text('chown'),
    mode: flags.text('chmod'),
    exclude: flags.list('exclude'),
    inline,
    unpack: flags.choice('unpack'),
    checksum: flags.text('checksum'),
    keepGitDirectory: flags.choice('keep-git-dir'),
    parents: flags.isOn('parents'),
  }
}

function paths(rest: string, line: LineParts): { sources: string[]; destination: string } {
  const words = jsonWords(rest, line.place) ?? wordsBetweenBlanks(rest)
  const destination = words.at(-1)
  if (words.length < 2 || destination === undefined) {
    fail(
      line.place,
      `${line.keyword} needs at least one source and a destination.`,
      `For example: ${line.keyword} . .`,
    )
  }
  if (words.some((word) => word === '')) fail(line.place, `${line.keyword} has an empty path.`)
  if (parseHeredoc(destination) !== undefined)
    fail(line.place, `${line.keyword} needs a destination after its heredocs.`)
  return { sources: words.slice(0, -1), destination }
}

function from(given: string | null, line: LineParts): string | null {
  if (given !== null && /\$./s.test(given)) {
    fail(line.place, 'COPY --from does not expand variables.', 'Name a stage instead: FROM $image AS name.')
  }
  return given
}
