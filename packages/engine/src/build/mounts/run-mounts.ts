import { chmod, lchown, mkdir, rmdir, writeFile } from 'node:fs/promises'
import type { Place } from '../../dockerfile/source-text.ts'
import type { undoStack } from '../../sandbox/undo-stack.ts'
import type { SandboxMount } from '../../sandbox.ts'
import { mount, mountFlag, unmount } from '../../system/syscalls.ts'
import { buildError } from '../errors.ts'
import type { AgentMount, Origin, RunMount, SecretMount } from '../plan.ts'
import type { StepContext } from '../step-context.ts'
import { openAgentProxy } from './agent-proxy.ts'
import { bindSource } from './bind-source.ts'
import { holdCaches } from './hold-caches.ts'

/**
 * What a RUN sees besides its root, made ready: sources for the sandbox to mount, and variables. Everything that was
 * made for it is taken away by `undo`, after the step has ended; none of it is ever in a layer.
 */
export type Mounting = {
  context: StepContext
  place: Place
  /** Of the step, in the engine's own scratch space. */
  directory: string
  layersOf: (origin: Origin) => readonly string[]
  undo: ReturnType<typeof undoStack>
}

export type ReadyMounts = {
  mounts: readonly SandboxMount[]
  /** Secrets: before what the Dockerfile sets. */
  env: Readonly<Record<string, string>>
  /** Where the Dockerfile sets nothing else. */
  defaults: Readonly<Record<string, string>>
  /** Shared directories that the step may fill. */
  writable: readonly string[]
}

/** Docker's, of secrets. */
const mostSecretBytes = 500 * 1024
const highestId = 65_535

/** @throws BUILD.SECRET_MISSING, BUILD.SOURCE_NOT_FOUND, BUILD.OVER_DISK_LIMIT, BUILD.SYNTAX */
export async function readyMounts(mounting: Mounting, wanted: readonly RunMount[]): Promise<ReadyMounts> {
  const caches = await holdCaches(mounting, wanted)
  const secrets = secretsFolder(mounting)
  const mounts: SandboxMount[] = []
  const env: Record<string, string> = {}
  const defaults: Record<string, string> = {}
  // Parents first, as with BuildKit: what lies below another mount is not to be hidden by it.
  for (const each of wanted.toSorted(byTarget)) {
    switch (each.type) {
      case 'bind': {
        const source = await bindSource(mounting, each.from, each.writable)
        mounts.push({ kind: 'bind', source, target: each.target, writable: each.writable })
        break
      }
      case 'cache': {
        const source = await shownAt(mounting, caches.directoryOf(each), `cache-${mounts.length}`)
        mounts.push({ kind: 'bind', source, target: each.target, writable: !each.readOnly })
        break
      }
      case 'tmpfs':
        mounts.push({ kind: 'tmpfs', target: each.target, sizeBytes: each.sizeBytes, mode: 0o1777 })
        break
      case 'secret':
        Object.assign(env, await addSecret(mounting, each, { mounts, secrets }))
        break
      case 'ssh':
        if (await addAgent(mounting, each, mounts)) defaults.SSH_AUTH_SOCK ??= each.target
    }
  }
  return { mounts, env, defaults, writable: caches.directories }
}

function byTarget(one: RunMount, other: RunMount): number {
  const [first, second] = [one.target ?? '', other.target ?? '']
  return first === second ? 0 : first < second ? -1 : 1
}

/** Where those that the mapped root is may pass: the directories themselves lie where only the engine may look. */
async function shownAt({ directory, undo }: Mounting, source: string, name: string): Promise<string> {
  const target = `${directory}/${name}`
  await mkdir(target, { mode: 0o700 })
  mount({ source, target, type: '', flags: mountFlag.bind })
  undo.add(async () => {
    unmount(target)
    await rmdir(target)
  })
  return target
}

type SecretsFolder = () => Promise<string>

/** In memory; made when it is first needed. */
function secretsFolder({ directory, undo }: Mounting): SecretsFolder {
  let made: Promise<string> | undefined
  const make = async () => {
    const target = `${directory}/secrets`
    await mkdir(target, { mode: 0o711 })
    mount({
      source: 'tmpfs',
      target,
      type: 'tmpfs',
      flags: mountFlag.noSuid | mountFlag.noDevices,
      data: 'mode=711',
    })
    undo.add(async () => {
      unmount(target)
      await rmdir(target)
    })
    return target
  }
  return () => {
    made ??= make()
    return made
  }
}

async function addSecret(
  { context, place }: Mounting,
  secret: SecretMount,
  { mounts, secrets }: { mounts: SandboxMount[]; secrets: SecretsFolder },
): Promise<Record<string, string>> {
  const given = own(context.request.secrets, secret.id)?.reveal()
  if (given === undefined) {
    if (!secret.required) return {}
    throw buildError['BUILD.SECRET_MISSING']({ place, what: 'secret', id: secret.id })
  }
  if (Buffer.byteLength(given) > mostSecretBytes) {
    throw buildError['BUILD.TOO_LARGE']({ what: `The secret ${secret.id.slice(0, 80)}`, limit: '500 KB' })
  }
  if (secret.target !== null) {
    const source = `${await secrets()}/${mounts.length}`
    const { uid, gid } = outside(context, place, secret)
    await writeFile(source, given, { mode: 0o600 })
    await lchown(source, uid, gid)
    await chmod(source, secret.mode)
    mounts.push({ kind: 'bind', source, target: secret.target })
  }
  return secret.variable === null ? {} : { [secret.variable]: given }
}

async function addAgent(
  { context, place, directory, undo }: Mounting,
  wanted: AgentMount,
  mounts: SandboxMount[],
): Promise<boolean> {
  const agent = own(context.request.sshAgents, wanted.id)
  if (agent === undefined) {
    if (!wanted.required) return false
    throw buildError['BUILD.SECRET_MISSING']({ place, what: 'SSH agent', id: wanted.id })
  }
  const name = `agent-${mounts.length}`
  const owner = outside(context, place, wanted)
  const proxy = await openAgentProxy({ agent, directory, name, owner, mode: wanted.mode })
  undo.add(proxy.close)
  mounts.push({ kind: 'bind', source: `${directory}/${name}`, target: wanted.target, writable: true })
  return true
}

/** Ids inside → ids of the range of builds. */
function outside({ range }: StepContext, place: Place, { uid, gid }: { uid: number; gid: number }) {
  if (uid > highestId || gid > highestId) {
    throw buildError['BUILD.SYNTAX']({ place, problem: `ids of a mount end at ${highestId}.` })
  }
  return { uid: range.start + uid, gid: range.start + gid }
}

/** Names come from Dockerfiles: `constructor` is not a secret. */
function own<Value>(values: Readonly<Record<string, Value>> = {}, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}
