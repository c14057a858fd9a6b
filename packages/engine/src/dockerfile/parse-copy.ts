import { buildError } from '../build/errors.ts'
import type { CopyInstruction } from './instruction.ts'
import { at, fail, jsonWords, type LineParts } from './line-parts.ts'
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

/** COPY and ADD. `--link` is accepted and changes nothing: layers here are cheap. @throws BUILD.SYNTAX, BUILD.UNSUPPORTED */
export function parseCopy(line: LineParts): CopyInstruction {
  const keyword = line.keyword === 'ADD' ? 'ADD' : 'COPY'
  const kinds = keyword === 'ADD' ? addFlags : copyFlags
  const flags = parseFlags(keyword, line.rest, kinds, line.place, line.escape)
  if (flags.isOn('parents'))
    throw unsupported(line, 'COPY --parents', 'Name each directory with a COPY of its own.')
  const { sources, destination } = paths(flags.rest, line)
  if (keyword === 'ADD') refuseRemote(sources, flags.text('checksum'), line)
  return {
    ...at(line, keyword),
    sources: sources.filter((source) => !isHeredoc(source, line)),
    destination,
    from: from(flags.text('from'), line),
    owner: flags.text('chown'),
    mode: flags.text('chmod'),
    exclude: flags.list('exclude'),
    inline: jsonWords(flags.rest, line.place) === undefined ? line.heredocs : [],
    unpack: keyword === 'ADD' && (flags.text('unpack') ?? 'true') === 'true',
  }
}

function paths(rest: string, line: LineParts): { sources: string[]; destination: string } {
  const words = jsonWords(rest, line.place) ?? rest.split(/\s+/).filter((word) => word !== '')
  const destination = words.at(-1)
  if (words.length < 2 || destination === undefined) {
    fail(
      line.place,
      `${line.keyword} needs at least one source and a destination.`,
      `For example: ${line.keyword} . .`,
    )
  }
  if (words.some((word) => word === '')) fail(line.place, `${line.keyword} has an empty path.`)
  if (isHeredoc(destination, line))
    fail(line.place, `${line.keyword} needs a destination after its heredocs.`)
  return { sources: words.slice(0, -1), destination }
}

function isHeredoc(word: string, line: LineParts): boolean {
  return line.heredocs.length > 0 && /^\d*<<-?["']?[^<\s]/.test(word)
}

function from(given: string | null, line: LineParts): string | null {
  if (given?.includes('$')) {
    fail(line.place, 'COPY --from does not expand variables.', 'Name a stage instead: FROM $image AS name.')
  }
  return given
}

function refuseRemote(sources: readonly string[], checksum: string | null, line: LineParts): void {
  const remote = sources.find((source) => /^(?:https?:\/\/|git@|git:\/\/|ssh:\/\/|ftp:\/\/)/i.test(source))
  if (remote === undefined && checksum === null) return
  const what = remote === undefined ? 'ADD --checksum' : `ADD of a remote address (${remote.slice(0, 80)})`
  throw unsupported(line, what, 'Fetch it with a RUN step (curl, wget, git clone), or commit the file.')
}

function unsupported(line: LineParts, what: string, instead: string) {
  return buildError['BUILD.UNSUPPORTED']({ place: line.place, what, instead })
}
