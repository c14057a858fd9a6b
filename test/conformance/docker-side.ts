/**
 * The reference: builds a case with Docker (BuildKit), or tells what it built when this case, these base images and this
 * Docker were last brought together.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DockerApi } from '../../infra/yardstick/docker-api.ts'
import { type NewerDocker, yardstickCache } from '../../infra/yardstick/newer-docker.ts'
import type { Base } from './bases.ts'
import type { Outcome } from './compare.ts'
import { failureIn, warningsIn } from './docker-told.ts'
import { inspectedSchema, keptSchema, wordsOfDocker } from './image-words.ts'
import { madeFile } from './made-files.ts'
import type { ConformanceCase } from './read-case.ts'
import { readLayers, type Tree } from './read-tree.ts'
import { writeContext } from './write-context.ts'

/** Raised when what an outcome holds, or how it is made, changes. */
const outcomeFormat = 4
const cache = `${yardstickCache}/conformance`
const buildTimeoutMs = 300_000
/** A build that fails ends with 1, mostly. */
const anyStatus = Array.from({ length: 128 }, (_, status) => status)
const maxOutputBytes = 64 * 1024 * 1024

/** A daemon, and its interface: a client's start takes as long as a small build. */
export type Yardstick = { docker: NewerDocker; api: DockerApi }

export async function outcomeKey(
  given: ConformanceCase,
  bases: readonly Base[],
  version: string,
): Promise<string> {
  const made = given.files.filter((file) => file.kind === 'made')
  const hash = createHash('sha256')
  const { name: _name, about: _about, fails: _fails, says: _says, byHand: _byHand, ...decisive } = given
  hash.update(JSON.stringify([outcomeFormat, version, decisive]))
  for (const base of bases) hash.update(base.archive)
  for (const file of made) hash.update(await madeFile(file.name))
  return hash.digest('hex')
}

export async function knownOutcome(key: string): Promise<Outcome | null> {
  const text = await readFile(`${cache}/${key}.json`, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Outcome)
}

export async function rememberOutcome(key: string, outcome: Outcome): Promise<void> {
  await mkdir(cache, { recursive: true })
  const path = `${cache}/${key}.json`
  await writeFile(`${path}.${process.pid}`, JSON.stringify(outcome))
  await rename(`${path}.${process.pid}`, path)
}

/** The base images get their names. */
export async function loadBases(
  docker: NewerDocker,
  bases: readonly Base[],
  directory: string,
): Promise<void> {
  for (const { name, archive } of bases) {
    await writeFile(`${directory}/${name}.tar`, archive)
    await docker.docker(['load', '--quiet', '--input', `${directory}/${name}.tar`])
  }
}

/** `directory`: empty, and the same for the daemon's client. `sshAgent`: the socket of an agent. */
export async function buildWithDocker(
  { docker, api }: Yardstick,
  given: ConformanceCase,
  { directory, sshAgent }: { directory: string; sshAgent: string },
): Promise<Outcome> {
  const context = `${directory}/context`
  await writeContext(given, context)
  const options = await optionsOf(given, directory, sshAgent)
  const words = ['buildx', 'build', '--progress=rawjson', '--provenance=false', ...options, context]
  const told = await docker.docker(words, {
    timeoutMs: buildTimeoutMs,
    okStatuses: anyStatus,
    maxOutputBytes,
  })
  const warnings = warningsIn(told.stderr)
  if (told.status !== 0) return { kind: 'failed', code: null, ...failureIn(told.stderr), warnings }
  const id = await readFile(`${directory}/id`, 'utf8')
  const inspected = inspectedSchema.parse(await api.call('GET', `/images/${id}/json`))
  const config = `${docker.dataRoot}/image/overlay2/imagedb/content/${id.replace(':', '/')}`
  const kept = keptSchema.parse(JSON.parse(await readFile(config, 'utf8')))
  const data = inspected.GraphDriver.Data
  const layers = [data?.UpperDir, ...(data?.LowerDir ?? '').split(':')].filter((path) => path)
  const tree = await treeOf(layers as string[], `${directory}/root`)
  return { kind: 'built', tree, words: wordsOfDocker(inspected, kept), warnings }
}

/** `layers`: as `docker image inspect` names them, highest first. Each has a short name in `l`, for mount(2)'s sake. */
async function treeOf(layers: readonly string[], point: string): Promise<Tree> {
  const names = await Promise.all(layers.map((path) => readFile(`${dirname(path)}/link`, 'utf8')))
  const directory = layers[0] === undefined ? '/' : `${dirname(dirname(layers[0]))}/l`
  return readLayers(directory, names.reverse(), point)
}

async function optionsOf(given: ConformanceCase, directory: string, sshAgent: string): Promise<string[]> {
  const secrets = Object.entries(given.secrets)
  for (const [id, value] of secrets) await writeFile(`${directory}/secret-${id}`, value)
  return [
    `--iidfile=${directory}/id`,
    `--file=${directory}/context/${given.dockerfilePath}`,
    ...(given.target === null ? [] : [`--target=${given.target}`]),
    ...Object.entries(given.arguments).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...secrets.map(([id]) => `--secret=id=${id},src=${directory}/secret-${id}`),
    ...(given.ssh ? [`--ssh=default=${sshAgent}`] : []),
  ]
}
