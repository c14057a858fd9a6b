/**
 * A case as its file says it: what it is about, options, and the files of the context. The format, for people to write:
 *
 *     COPY of a directory takes what is in it, not itself.
 *     > argument: NAME=value
 *     --- Dockerfile
 *     FROM base
 *     COPY src /dst/
 *     --- src/run.sh (executable)
 *     echo hello
 *     --- src/link -> run.sh
 *     --- src/private/ (mode 0700)
 *
 * Options: README.md. Attributes of a file: `executable`, `mode 0640`, `escaped` (\r, \t, \\, \xNN), `unended` (no last line
 * feed), `made NAME` (by made-files.ts). A name in double quotes is JSON; one that ends with a slash is a directory's.
 */
export type CaseFile =
  | { kind: 'file'; path: string; content: Buffer; executable: boolean; mode?: number }
  | { kind: 'directory'; path: string; mode: number }
  | { kind: 'made'; path: string; name: string }
  | { kind: 'link'; path: string; target: string }

export type ConformanceCase = {
  /** `copy/directory-into-directory` */
  name: string
  about: string
  files: readonly CaseFile[]
  dockerfilePath: string
  target: string | null
  arguments: Readonly<Record<string, string>>
  secrets: Readonly<Record<string, string>>
  ssh: boolean
  /** The code of our error, where both must fail. */
  fails: string | null
  /** A regular expression that both sides' messages hold, in whatever case: the gist. */
  says: string | null
  /** Where Docker cannot say what is right: the whole tree (see expected-tree.ts), and who says so. */
  byHand: { source: string; tree: string | null } | null
}

const header = /^--- ("(?:[^"\\]|\\.)*"|.+?)(?: -> (.+?))?(?: \(([a-z0-9. ,-]+)\))?$/

/** @throws Error that names the case and what is wrong with it */
export function readCase(name: string, text: string): ConformanceCase {
  const { head, sections } = split(text)
  const options = head.filter((line) => line.startsWith('> ')).map((line) => optionOf(name, line))
  const all = (key: string) => options.filter((option) => option.key === key).map((option) => option.value)
  const one = (key: string) => all(key)[0] ?? null
  const expected = sections.find((section) => section.header === '--- (expected)')
  const source = one('by hand')
  const files = sections.filter((section) => section !== expected).map((section) => fileOf(name, section))
  return {
    name,
    about: head
      .filter((line) => !line.startsWith('> '))
      .join(' ')
      .trim(),
    files,
    dockerfilePath: one('dockerfile') ?? 'Dockerfile',
    target: one('target'),
    arguments: pairs(all('argument')),
    secrets: pairs(all('secret')),
    ssh: one('ssh') !== null,
    fails: one('fails'),
    says: one('says'),
    byHand: source === null ? null : { source, tree: expected?.lines.join('\n') ?? null },
  }
}

const optionKeys = ['dockerfile', 'target', 'argument', 'secret', 'ssh', 'fails', 'says', 'by hand']

function optionOf(name: string, line: string): { key: string; value: string } {
  const [, key = '', value = ''] = /^> ([a-z ]+)(?:: (.*))?$/.exec(line) ?? []
  if (!optionKeys.includes(key)) throw new Error(`${name}: there is no option "${line}"`)
  return { key, value }
}

function pairs(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)] as [string, string]),
  )
}

type Section = { header: string; lines: string[] }

function split(text: string): { head: string[]; sections: Section[] } {
  const head: string[] = []
  const sections: Section[] = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('--- ')) sections.push({ header: line, lines: [] })
    else (sections.at(-1)?.lines ?? head).push(line)
  }
  return { head, sections }
}

function fileOf(name: string, { header: line, lines }: Section): CaseFile {
  const [, given = '', target, attributeText = ''] = header.exec(line) ?? []
  const path = given.startsWith('"') ? (JSON.parse(given) as string) : given
  if (target !== undefined) return { kind: 'link', path, target }
  const attributes = attributeText.split(', ').filter((attribute) => attribute !== '')
  const made = attributes.find((attribute) => attribute.startsWith('made '))
  if (made !== undefined) return { kind: 'made', path, name: made.slice('made '.length) }
  const written = attributes.find((attribute) => /^mode [0-7]{4}$/.test(attribute))
  const mode = written === undefined ? {} : { mode: Number.parseInt(written.slice('mode '.length), 8) }
  if (path.endsWith('/')) return { kind: 'directory', path: path.slice(0, -1), mode: 0o755, ...mode }
  const known = ['executable', 'escaped', 'unended', written]
  const unknown = attributes.find((attribute) => !known.includes(attribute))
  if (unknown !== undefined) throw new Error(`${name}: there is no attribute "${unknown}"`)
  const text = lines.join('\n') + (attributes.includes('unended') || lines.length === 0 ? '' : '\n')
  const content = attributes.includes('escaped') ? unescaped(text) : Buffer.from(text)
  return { kind: 'file', path, content, executable: attributes.includes('executable'), ...mode }
}

function unescaped(text: string): Buffer {
  const words: Readonly<Record<string, number>> = { r: 13, n: 10, t: 9, '\\': 92 }
  const pieces = text.split(/(\\x[0-9a-f]{2}|\\[rnt\\])/)
  return Buffer.concat(
    pieces.map((piece, index) => {
      if (index % 2 === 0) return Buffer.from(piece)
      return Buffer.from([
        piece[1] === 'x' ? Number.parseInt(piece.slice(2), 16) : (words[piece[1] ?? ''] ?? 0),
      ])
    }),
  )
}
