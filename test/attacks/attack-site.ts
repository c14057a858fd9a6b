import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isBerthError } from '@berth/domain'
import {
  type BuildRequest,
  type Container,
  type ContainerSpec,
  type Engine,
  type Image,
  type ImageConfig,
  openHostEngine,
} from '@berth/engine'
import { makeTar, type TarPart } from '@berth/engine/archive/make-tar.ts'
import { collect, printed } from '@berth/engine/contracts/contract-kit.ts'
import type { RegistrySettings } from '@berth/engine/registry/registry-settings.ts'
import { type Files, requestOf } from '@berth/engine/testing/build-home.ts'
import {
  type EngineHome,
  firstLine,
  linesOf,
  makeEngineHome,
  removeEngineHome,
  shellSpec,
} from '@berth/engine/testing/engine-home.ts'
import { type Canary, makeCanary } from './canary.ts'

/**
 * An engine in a home of its own with the image `small` (busybox), a canary outside of that home, and what an attacker
 * has: repositories, archives, containers. Everything that the engine says to the attacker is kept in `heard`.
 */
export type AttackSite = {
  engine: Engine
  home: EngineHome
  canary: Canary
  /** What nobody may hear: of the canary, of this process's environment, of another container's. */
  secrets: readonly string[]
  heard: string[]
  /** The lines that its steps print. */
  build(files: Files, over?: Partial<BuildRequest>): Promise<{ image: Image; lines: string[] }>
  /** `small`, and these entries after it, as an image `name`. */
  importImage(name: string, parts: readonly TarPart[], config?: Partial<ImageConfig>): Promise<Image>
  spec(script: string, over?: Partial<ContainerSpec>): ContainerSpec
  /** A container, to its end. */
  run(script: string, over?: Partial<ContainerSpec>): Promise<{ code: number; lines: string[] }>
  /** A container that has printed its first line. */
  start(script: string, over?: Partial<ContainerSpec>): Promise<Container>
  /** A further process in it: its exit code and all that it prints. */
  exec(id: string, script: string, user?: string): Promise<{ code: number; text: string }>
  /** The error's code. */
  codeOf(work: Promise<unknown>): Promise<string>
  close(): Promise<void>
}

export async function openAttackSite(registries?: RegistrySettings): Promise<AttackSite> {
  const secrets = Array.from({ length: 2 }, () => `marker-${randomBytes(12).toString('hex')}`)
  const [ownMarker = '', neighbourMarker = ''] = secrets
  process.env.BERTH_ATTACK_MARKER = ownMarker
  const canary = await makeCanary()
  const home = await makeEngineHome()
  const engine = await openHostEngine({ ...home, ...(registries ? { registries } : {}) })
  const heard: string[] = []
  const hear = <Said>(said: Said): Said => {
    heard.push(typeof said === 'string' ? said : JSON.stringify(said))
    return said
  }
  const spec = (script: string, over: Partial<ContainerSpec> = {}) =>
    shellSpec(home, script, { network: 'none', ...over })
  await engine.containers.create(
    spec('true', { group: 'neighbours', env: { NEIGHBOUR: neighbourMarker }, name: 'neighbour' }),
  )
  const started = async (script: string, over?: Partial<ContainerSpec>) => {
    const { id } = await engine.containers.create(spec(script, over))
    return engine.containers.start(id)
  }

  return {
    ...{ engine, home, canary, heard, spec, secrets: [canary.secret, ...secrets] },
    async build(files, over) {
      const lines: string[] = []
      const request = requestOf(files, over)
      const image = await engine.build(
        request,
        (event) => {
          hear(event)
          if (event.kind === 'line') lines.push(event.text)
        },
        new AbortController().signal,
      )
      return { image, lines }
    },
    async importImage(name, parts, config) {
      const base = withoutEnd(await readFile(`${home.home}/rootfs.tar`))
      const archive = (async function* () {
        yield Buffer.concat([base, makeTar(parts)])
      })()
      return engine.images.importRootfs(archive, name, config)
    },
    async run(script, over) {
      const { id } = await started(script, over)
      const { code } = await engine.containers.wait(id)
      const lines = (await linesOf(engine, id)).map((line) => hear(line.text))
      await engine.containers.remove(id)
      return { code, lines }
    },
    async start(script, over) {
      const container = await started(script, over)
      await firstLine(engine, container.id)
      return container
    },
    async exec(id, script, user = 'root') {
      const attachment = await engine.containers.exec(id, { command: ['sh', '-c', script], user })
      const { stdout, stderr } = await printed(attachment)
      return { code: (await attachment.exit).code, text: hear(stdout + stderr).trim() }
    },
    async codeOf(work) {
      const error = await work.then(
        () => null,
        (reason: unknown) => reason,
      )
      if (error === null) return 'nothing was refused'
      if (!isBerthError(error)) throw error
      hear(`${error.message} ${error.hint}`)
      return error.code
    },
    async close() {
      for (const { id } of await engine.containers.list()) await engine.containers.remove(id)
      await engine.close()
      await removeEngineHome(home)
      await canary.remove()
    },
  }
}

/** An archive without the empty blocks at its end: others may follow. */
function withoutEnd(archive: Buffer): Buffer {
  let end = archive.length
  while (end >= 512 && archive.subarray(end - 512, end).every((byte) => byte === 0)) end -= 512
  return archive.subarray(0, end)
}

export const textOf = async (bytes: AsyncIterable<Uint8Array>) =>
  Buffer.concat(await collect(bytes)).toString('latin1')
