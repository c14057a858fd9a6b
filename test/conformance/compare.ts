/** Two outcomes of one case → the differences, a line each. Pure. */
import type { HistoryWords, ImageWords } from './image-words.ts'
import type { ConformanceCase } from './read-case.ts'
import type { Tree, TreeEntry } from './read-tree.ts'
import { differentWarnings, type Warning } from './warnings.ts'

export type Outcome =
  | { kind: 'built'; tree: Tree; words: ImageWords; warnings: readonly Warning[] }
  | {
      kind: 'failed'
      code: string | null
      message: string
      /** Of the Dockerfile, where the message names one. */
      line: number | null
      warnings: readonly Warning[]
    }

/** What the case says of a failure: our code, and what both messages have in common. */
export type Expected = Pick<ConformanceCase, 'fails' | 'says'>

/**
 * Times that lie before this can only come from what was built (an archive, another stage, a server's answer, `touch`),
 * since no clock says them: where Docker has one, ours must be the same. A later one is the time of the build or of the
 * checkout, and says nothing. 2015-01-01.
 */
const clockBeginsSeconds = 1_420_070_400

export function differences(docker: Outcome, berth: Outcome, expected: Expected): string[] {
  if (docker.kind === 'failed' || berth.kind === 'failed') {
    const found = differentEnds(docker, berth, expected)
    return bothWarned(docker, berth)
      ? [...found, ...differentWarnings(docker.warnings, berth.warnings)]
      : found
  }
  if (expected.fails !== null) return ['both build it, and the case says that it fails']
  return [
    ...differentTrees(docker.tree, berth.tree),
    ...differentWords(docker.words, berth.words),
    ...differentWarnings(docker.warnings, berth.warnings),
  ]
}

/** Codes of failures that come once the whole file was gone through. */
const afterPlanning: ReadonlySet<string | null> = new Set(['BUILD.CHECKS_FAILED', 'BUILD.STEP_FAILED'])

function bothWarned(docker: Outcome, berth: Outcome): boolean {
  return docker.kind === 'failed' && berth.kind === 'failed' && afterPlanning.has(berth.code)
}

function differentEnds(docker: Outcome, berth: Outcome, { fails, says }: Expected): string[] {
  const found: string[] = []
  if (docker.kind === 'built') found.push('Docker builds it')
  if (docker.kind === 'failed' && (berth.kind === 'built' || fails === null))
    found.push(`Docker fails: ${docker.message}`)
  if (berth.kind === 'built') found.push('Berth builds it')
  if (berth.kind === 'failed' && (docker.kind === 'built' || berth.code !== fails))
    found.push(`Berth fails: ${berth.code ?? 'no code'}: ${berth.message}`)
  if (fails !== null && berth.kind === 'failed' && berth.code !== fails) found.push(`expected: ${fails}`)
  if (docker.kind === 'failed' && berth.kind === 'failed')
    found.push(...differentMessages(docker, berth, says))
  return found
}

type Failure = Extract<Outcome, { kind: 'failed' }>

/** Ours may name a line where Docker names none. */
function differentMessages(docker: Failure, berth: Failure, says: string | null): string[] {
  const found: string[] = []
  if (docker.line !== null && docker.line !== berth.line)
    found.push(`the line: Docker ${docker.line}, Berth ${berth.line ?? 'none'}: ${berth.message}`)
  if (says === null) return found
  for (const [who, { message }] of [['Docker', docker] as const, ['Berth', berth] as const])
    if (!new RegExp(says, 'i').test(message)) found.push(`${who} does not say ${says}: ${message}`)
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
  ...(['labels', 'stopSignal', 'healthcheck', 'shell', 'onBuild', 'author'] as const),
]

function differentWords(docker: ImageWords, berth: ImageWords): string[] {
  const pairs = wordNames.map((name): [string, unknown, unknown] => [name, docker[name], berth[name]])
  return [...differentPairs('configuration', pairs), ...differentHistories(docker.history, berth.history)]
}

function differentHistories(docker: readonly HistoryWords[], berth: readonly HistoryWords[]): string[] {
  const count = Math.max(docker.length, berth.length)
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const [theirs, ours] = [docker[index], berth[index]]
    const pairs = (['createdBy', 'comment', 'author'] as const).map((name): [string, unknown, unknown] => [
      name,
      theirs?.[name],
      ours?.[name],
    ])
    // What changes nothing has a layer with Docker, and none here.
    const layers = theirs?.makesLayer === true ? theirs.makesLayer : ours?.makesLayer
    return differentPairs(`history ${index}`, [...pairs, ['makesLayer', theirs?.makesLayer, layers]])
  })
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
