import { randomBytes } from 'node:crypto'
import { shortHash } from '@berth/domain'
import { makeTar } from '../archive/make-tar.ts'
import type { Engine } from '../engine.ts'
import type { FailurePoint } from '../system/failure-points.ts'
import { requestOf } from '../testing/build-home.ts'
import { type EngineHome, shellSpec } from '../testing/engine-home.ts'
import { startFarFiles } from '../testing/far-files.ts'

/** What a process does that is killed at a failure point; done again afterwards, it goes on from what is there. */
export const operations = {
  /** A build of every kind of step that leaves something behind. */
  async build(engine: Engine): Promise<void> {
    const lines = [
      'FROM small',
      'COPY file /copied/',
      'RUN --network=none --mount=type=cache,target=/kept echo done > /run-here && echo seen > /kept/seen',
    ]
    const files = { Dockerfile: lines.join('\n'), file: 'content' }
    const request = requestOf(files, { names: ['built'] })
    await engine.build(request, () => undefined, new AbortController().signal)
  },

  /** A build that fetches a file and a repository, and unpacks an archive. */
  async add(engine: Engine): Promise<void> {
    const far = await startFarFiles()
    try {
      const lines = [
        'FROM small',
        `ADD ${far.file} /file`,
        `ADD ${far.repository} /repository`,
        'ADD a.tar /',
      ]
      const archive = makeTar([{ path: 'unpacked', content: 'content' }])
      const files = { Dockerfile: lines.join('\n'), 'a.tar': archive }
      const request = requestOf(files, { names: ['built'], remoteAddresses: 'any' })
      await engine.build(request, () => undefined, new AbortController().signal)
    } finally {
      await far.close()
    }
  },

  async pull(engine: Engine, { registry }: Setting): Promise<void> {
    await engine.images.pull(pulledName(registry))
  },

  /** An image that leaves: as a file, and to a registry. */
  async ship({ images }: Engine, { home, registry }: Setting): Promise<void> {
    if ((await images.find('leaving')) === undefined) {
      // Another one each time: a registry is sent only what it lacks.
      const content = randomBytes(100_000)
      await images.importRootfs(pieces(makeTar([{ path: 'leaving', content }])), 'leaving')
    }
    await images.exportArchive(['leaving'], exportedPath(home))
    await images.push('leaving', { name: `${registry}/acme/left` })
  },

  /** A container from its beginning to its end. */
  async live(engine: Engine, { home }: Setting): Promise<void> {
    const { containers } = engine
    const known = (await containers.list()).find(({ name }) => name === 'doomed')
    const { id } = known ?? (await containers.create(doomedSpec(home)))
    await containers.start(id)
    const command = await containers.exec(id, { command: ['true'] })
    for await (const _ of command.output);
    await command.exit
    await containers.copyIn(id, '/tmp', pieces(makeTar([{ path: 'copied', content: 'content' }])))
    await containers.commit(id, { names: ['committed'] })
    await containers.stop(id, { timeoutMs: 5_000 })
    await containers.remove(id)
  },

  /** An image that comes and goes. */
  async tidy({ images }: Engine): Promise<void> {
    if ((await images.find('unneeded')) === undefined)
      await images.importRootfs(pieces(makeTar([{ path: 'unneeded', content: 'content' }])), 'unneeded')
    await images.remove('unneeded')
    await images.prune([])
  },
} satisfies Record<string, (engine: Engine, setting: Setting) => Promise<void>>

export type Operation = keyof typeof operations
export type Setting = { home: EngineHome; registry: string }

export const pulledName = (registry: string) => `${registry}/acme/app`

export const exportedPath = ({ home }: Pick<EngineHome, 'home'>) => `${home}/exported.tar`

/** Nobody else’s container has this port. */
export const doomedPort = ({ home }: Pick<EngineHome, 'home'>) =>
  20_000 + (Number.parseInt(shortHash(home), 16) % 10_000)

function doomedSpec(home: EngineHome) {
  return shellSpec(home, 'exec sleep 600', {
    name: 'doomed',
    group: 'doomed',
    image: 'with-volume',
    imageVolumes: 'anonymous',
    ports: [{ protocol: 'tcp', containerPort: doomedPort(home), hostAddress: '127.0.0.1', hostPort: 0 }],
  })
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** Which operation passes which point. A point without one does not compile. */
export const operationAt: Readonly<Record<FailurePoint, Operation>> = {
  'context read': 'build',
  'build planned': 'build',
  'step begun': 'build',
  'step directory made': 'build',
  'step root mounted': 'build',
  'step created by runtime': 'build',
  'step running': 'build',
  'step ended': 'build',
  'upper unmounted': 'build',
  'cache mount filled': 'build',
  'cache mount in place': 'build',
  'layer sealed': 'build',
  'layer recorded': 'build',
  'layer in place': 'build',
  'copies written beside': 'build',
  'copies kept': 'build',
  'cache record written beside': 'build',
  'cache kept': 'build',
  'chain kept': 'build',
  'download begun': 'add',
  'download written': 'add',
  'download in place': 'add',
  'download kept': 'add',
  'repository fetched': 'add',
  'archive spooled': 'add',
  'archive added': 'add',
  'image recorded': 'build',
  'name set': 'build',
  'record written beside': 'build',
  'blob partly downloaded': 'pull',
  'blob downloaded': 'pull',
  'archive unpacked': 'pull',
  'diff id remembered': 'pull',
  'outline kept': 'pull',
  'download removed': 'pull',
  'blob remembered': 'pull',
  'original kept': 'pull',
  'image pinned': 'pull',
  'archive written beside': 'ship',
  'layer packed': 'ship',
  'layer sent': 'ship',
  'configuration sent': 'ship',
  'manifest sent': 'ship',
  'container record written beside': 'live',
  'container recorded': 'live',
  'address reserved': 'live',
  'container root mounted': 'live',
  'volume made beside': 'live',
  'volume in place': 'live',
  'volume filled': 'live',
  'mounts opened': 'live',
  'bundle written': 'live',
  'monitor started': 'live',
  'container created by runtime': 'live',
  'network attached': 'live',
  'ports published': 'live',
  'container started': 'live',
  'start recorded': 'live',
  'command started': 'live',
  'file copied in': 'live',
  'changes copied': 'live',
  'stop signal sent': 'live',
  'exit found': 'live',
  'exit recorded': 'live',
  'runtime state deleted': 'live',
  'cgroup removed': 'live',
  'container root unmounted': 'live',
  'container cleared': 'live',
  'image volumes removed': 'live',
  'volume out of sight': 'live',
  'container removed': 'live',
  'image name removed': 'tidy',
  'image record removed': 'tidy',
  'layer out of sight': 'tidy',
  'layer record removed': 'tidy',
}
