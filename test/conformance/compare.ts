/** Two outcomes of one case → the differences, a line each. Pure. */
import type { ImageWords } from './image-words.ts'
import type { Tree, TreeEntry } from './read-tree.ts'

export type Outcome =
  | { kind: 'built'; tree: Tree; words: ImageWords }
  | { kind: 'failed'; code: string | null; message: string }

/**
 * Times that lie before this can only come from what was built (an archive, another stage, a server's answer, `touch`),
 * since no clock says them: where Docker has one, ours must be the same. A later one is the time of the build or of the
 * checkout, and says nothing. 2015-01-01.
 */
const clockBeginsSeconds = 1_420_070_400

export function differences(docker: Outcome, berth: Outcome, expectedCode: string | null): string[] {
  if (docker.kind === 'failed' || berth.kind === 'failed') return differentEnds(docker, berth, expectedCode)
  if (expectedCode !== null) return ['both build it, and the case says that it fails']
  return [...differentTrees(docker.tree, berth.tree), ...differentWords(docker.words, berth.words)]
}

function differentEnds(docker: Outcome, berth: Outcome, expectedCode: string | null): string[] {
  const found: string[] = []
  if (docker.kind === 'built') found.push('Docker builds it')
  if (docker.kind === 'failed' && (berth.kind === 'built' || expectedCode === null))
    found.push(`Docker fails: ${docker.message}`)
  if (berth.kind === 'built') found.push('Berth builds it')
  if (berth.kind === 'failed' && (docker.kind === 'built' || berth.code !== expectedCode))
    found.push(`Berth fails: ${berth.code ?? 'no code'}: ${berth.message}`)
  if (expectedCode !== null && berth.kind === 'failed' && berth.code !== expectedCode)
    found.push(`expected: ${expectedCode}`)
  return found
}

export function differentTrees(docker: Tree, berth: Tree): string[] {
  const paths = [...new Set([...Object.keys(docker), ...Object.keys(berth)])].sort()
  return paths.flatMap((path) => {
    const [theirs, ours] = [docker[path], berth[path]]
    if (theirs === undefined) return [`${path}: only Berth has it (${summary(ours as TreeEntry)})`]
    if (ours === undefined) return [`${path}: only Docker has it (${summary(theirs)})`]
    return differentEntries(path, theirs, ours)
  })
}

function summary(entry: TreeEntry): string {
  const of = entry.target ?? (entry.size === null ? '' : `${entry.size} bytes`)
  return `${entry.kind} ${entry.mode} ${entry.owner} ${of}`.trim()
}

const fields = ['kind', 'mode', 'owner', 'size', 'content', 'target', 'device', 'sameAs'] as const

function differentEntries(path: string, docker: TreeEntry, berth: TreeEntry): string[] {
  // The overlay's own top directory: on each side it is what the driver makes it, and no archive tells its time.
  const hasTime = docker.modifiedSeconds < clockBeginsSeconds && path !== '/'
  const pairs: [string, unknown, unknown][] = [
    ...fields.map((field): [string, unknown, unknown] => [field, docker[field], berth[field]]),
    ['attributes', docker.attributes, berth.attributes],
    ...(hasTime
      ? [['modified', docker.modifiedSeconds, berth.modifiedSeconds] as [string, unknown, unknown]]
      : []),
  ]
  return differentPairs(path, pairs)
}

const wordNames = [
  ...(['environment', 'command', 'entrypoint', 'workingDirectory', 'user', 'ports', 'volumes'] as const),
  ...(['labels', 'stopSignal', 'healthcheck', 'shell', 'onBuild'] as const),
]

function differentWords(docker: ImageWords, berth: ImageWords): string[] {
  const pairs = wordNames.map((name): [string, unknown, unknown] => [name, docker[name], berth[name]])
  return differentPairs('configuration', pairs)
}

function differentPairs(of: string, pairs: readonly [string, unknown, unknown][]): string[] {
  return pairs
    .filter(([, docker, berth]) => canonical(docker) !== canonical(berth))
    .map(([name, docker, berth]) => `${of}: ${name}: Docker ${canonical(docker)}, Berth ${canonical(berth)}`)
}

/** The order of keys says nothing; the order of a list does. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}
