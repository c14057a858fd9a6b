import { cp, mkdir, realpath, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { command, localRunner } from '@berth/command'
import { type Repository, repository } from './repository.ts'
import { checkout, type Platform } from './start-platform.ts'

/** The name of the image that `importNode` makes. */
export const nodeImage = 'story-node'

/** An image of this machine's Node and the libraries that it needs, and of nothing else: no registry, no download. */
export async function importNode(platform: Platform): Promise<void> {
  const root = `${platform.directory}/node-root`
  const archive = `${root}.tar`
  const node = await realpath(process.execPath)
  const { stdout } = await localRunner.run(command('ldd', node))
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? '')
  const busybox = ['/bin/busybox', '/bin/busybox'] as const
  for (const [from, to] of [
    [node, '/bin/node'],
    busybox,
    ...libraries.map((path) => [path, path]),
  ] as const) {
    await mkdir(dirname(root + to), { recursive: true })
    await cp(from ?? '', root + to, { dereference: true })
  }
  await localRunner.run(command('ln', '-s', 'busybox', `${root}/bin/sh`))
  await localRunner.run(command('tar', '-C', root, '--owner=0', '--group=0', '-cf', archive, '.'))
  await platform.berth(['image', 'import', archive, nodeImage])
  await rm(root, { recursive: true })
  await rm(archive)
}

export type NodeApp = {
  /** web of the first deployment. */
  instances?: number
  /** Of web, as app.json has them. */
  healthchecks?: object[]
  /** More files, or others. */
  files?: Record<string, string>
}

/** A repository of one file, `test/platform/story-app.mjs`, on that image. */
export async function nodeApp(platform: Platform, name: string, app: NodeApp = {}): Promise<Repository> {
  const work = await repository(platform, name, null)
  await cp(`${checkout}/test/platform/story-app.mjs`, `${work.directory}/app.mjs`)
  const { instances = 1, healthchecks = [], files = {} } = app
  await work.commit({
    Dockerfile: `FROM ${nodeImage}\nCOPY . /app\nEXPOSE 5000\nCMD ["/bin/node", "/app/app.mjs"]\n`,
    'app.json': JSON.stringify({
      formation: { web: { quantity: instances } },
      healthchecks: { web: healthchecks },
    }),
    'version.txt': 'one',
    ...files,
  })
  return work
}
