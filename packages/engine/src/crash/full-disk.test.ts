import { randomBytes } from 'node:crypto'
import { isBerthError } from '@berth/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTar, type TarPart } from '../archive/make-tar.ts'
import { destroyEngine } from '../drivers/destroy-engine.ts'
import { openHostEngine } from '../drivers/host-engine.ts'
import type { Engine } from '../engine.ts'
import { requestOf } from '../testing/build-home.ts'
import { makeBusyboxRoot } from '../testing/busybox-root.ts'
import { firstLine, shellSpec } from '../testing/engine-home.ts'
import { publish, type ScriptedRegistry, startScriptedRegistry } from '../testing/scripted-registry.ts'
import { makeSmallDisk, type Resource, type SmallDisk } from './full-disk.ts'

let disk: SmallDisk
let registry: ScriptedRegistry
let engine: Engine
let bystander: string

beforeAll(async () => {
  disk = makeSmallDisk()
  registry = await startScriptedRegistry()
  engine = await open()
  const { home, commands } = disk.options
  await makeBusyboxRoot(`${home}/rootfs`)
  await commands.run({ argv: ['tar', '-C', `${home}/rootfs`, '-cf', `${home}/rootfs.tar`, '.'] })
  await engine.images.importRootfs(`${home}/rootfs.tar`, 'small')
  const talkative = 'while :; do echo 0123456789012345678901234567890123456789; sleep 0.01; done'
  bystander = (await engine.containers.create(shellSpec(disk.options, talkative))).id
  await engine.containers.start(bystander)
})

afterAll(async () => {
  await engine.close()
  await destroyEngine(disk.options)
  disk.remove()
  await registry.close()
})

const open = () => openHostEngine({ ...disk.options, registries: { plainHttp: [registry.host] } })

const megabyte = 1024 * 1024
/** Enough for the beginning of each operation, and not for all of it. */
const left: Record<Resource, number> = { bytes: 2 * megabyte, inodes: 120 }

/** Too much for what is left, in bytes or in inodes. */
const tooMuch: Record<Resource, () => TarPart[]> = {
  bytes: () => [{ path: 'large', content: randomBytes(3 * megabyte) }],
  inodes: () => Array.from({ length: 300 }, (_, index) => ({ path: `file-${index}`, content: `${index}` })),
}
const script: Record<Resource, string> = {
  bytes: 'dd if=/dev/zero of=/large bs=65536 count=48',
  inodes: 'set -e; for i in $(seq 300); do echo $i > /file-$i; done',
}

async function* pieces(parts: readonly TarPart[]): AsyncGenerator<Buffer> {
  yield makeTar(parts)
}

const build = (files: Record<string, string | Buffer>) =>
  engine.build(requestOf(files, { names: ['made'] }), () => undefined, new AbortController().signal)

const operations: Record<string, { code: string; work: (resource: Resource) => Promise<unknown> }> = {
  COPY: {
    code: 'BUILD.DISK_FULL',
    work: (resource) => {
      const files = tooMuch[resource]().map(({ path, content = '' }) => [`tree/${path}`, content] as const)
      return build({ Dockerfile: 'FROM small\nCOPY tree /tree/', ...Object.fromEntries(files) })
    },
  },
  RUN: {
    code: 'BUILD.DISK_FULL',
    work: (resource) => build({ Dockerfile: `FROM small\nRUN --network=none ${script[resource]}` }),
  },
  import: {
    code: 'ARCHIVE.NO_SPACE',
    work: (resource) => engine.images.importRootfs(pieces(tooMuch[resource]()), 'made'),
  },
  pull: {
    code: 'ARCHIVE.NO_SPACE',
    work: async (resource) => {
      publish(registry, [tooMuch[resource]()])
      const { digest } = await engine.images.pull(`${registry.host}/acme/app`)
      await engine.images.remove(digest)
    },
  },
  'copy in': {
    code: 'ARCHIVE.NO_SPACE',
    work: (resource) =>
      withContainer((id) => engine.containers.copyIn(id, '/tmp', pieces(tooMuch[resource]()))),
  },
}

async function withContainer<Result>(work: (id: string) => Promise<Result>): Promise<Result> {
  const { id } = await engine.containers.create(shellSpec(disk.options, 'exec sleep 600'))
  try {
    await engine.containers.start(id)
    return await work(id)
  } finally {
    await engine.containers.remove(id)
  }
}

const cases = Object.keys(operations).flatMap((name) =>
  (['bytes', 'inodes'] as const).map((resource) => [name, resource] as const),
)

describe('a disk that becomes full', () => {
  test.each(cases)(
    'during %s (%s) is told, its space given back, and nothing half is left',
    async (name, resource) => {
      const { code, work } = operations[name] as (typeof operations)[string]
      const images = await engine.images.list()
      const usage = await engine.images.usage()
      const before = disk.free()
      disk.leave(resource, left[resource])
      try {
        expect(await codeOf(work(resource))).toBe(code)
        expect(await engine.images.list()).toEqual(images)
        expect((await engine.images.usage()).layers).toEqual(usage.layers)
        expect((await engine.containers.exec(bystander, { command: ['true'] }).then(ended)).code).toBe(0)
      } finally {
        disk.makeRoom()
      }
      expectAsMuch(before)
      await work(resource)
      if ((await engine.images.find('made')) !== undefined) await engine.images.remove('made')
    },
  )

  test.each(['COPY', 'RUN', 'import', 'pull'])(
    'before %s, to the last byte, is told as well',
    async (name) => {
      const { code, work } = operations[name] as (typeof operations)[string]
      const before = disk.free()
      disk.leave('bytes', 0)
      try {
        expect(await codeOf(work('inodes'))).toBe(code)
      } finally {
        disk.makeRoom()
      }
      expectAsMuch(before)
    },
  )

  test('keeps a container from being started, and none from being stopped and removed', async () => {
    const { containers } = engine
    const spec = shellSpec(disk.options, 'echo up; exec sleep 600')
    const { id } = await containers.create(spec)
    await containers.start(id)
    const created = await containers.create(shellSpec(disk.options, 'exec sleep 600'))
    const before = disk.free()
    disk.leave('bytes', 0)
    try {
      expect(await codeOf(containers.create(shellSpec(disk.options, 'true')))).toBe('CONTAINER.DISK_FULL')
      expect(await codeOf(containers.start(created.id))).toBe('CONTAINER.DISK_FULL')
      expect(await containers.stop(id, { timeoutMs: 5_000 })).toMatchObject({ state: 'exited' })
      await containers.remove(id)
    } finally {
      disk.makeRoom()
    }
    expectAsMuch(before)
    expect(await containers.start(created.id)).toMatchObject({ state: 'running' })
    await containers.remove(created.id)
  })

  test('keeps no engine from being opened, which finds what runs', async () => {
    const before = await engine.containers.get(bystander)
    await engine.close()
    disk.leave('bytes', 0)
    try {
      engine = await open()
      expect(await engine.containers.get(bystander)).toEqual(before)
    } finally {
      disk.makeRoom()
    }
  })

  test('is told to who opens an engine where no file can be made', async () => {
    await engine.close()
    disk.leave('inodes', 0)
    try {
      expect(await codeOf(open())).toBe('SYSTEM.DISK_FULL')
    } finally {
      disk.makeRoom()
      engine = await open()
    }
    expect(await engine.containers.get(bystander)).toMatchObject({ state: 'running' })
  })

  test('stops no container that writes its log; lines come again when there is room', async () => {
    disk.leave('bytes', 0)
    try {
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(await engine.containers.get(bystander)).toMatchObject({ state: 'running' })
    } finally {
      disk.makeRoom()
    }
    const since = new Date()
    const lines = engine.containers.logs(bystander, { follow: true, tail: null, since })
    expect((await lines[Symbol.asyncIterator]().next()).value).toMatchObject({ stream: 'stdout' })
    expect(await firstLine(engine, bystander)).toContain('0123456789')
  })

  test('during a commit is told, and the container goes on', async () => {
    await withContainer(async (id) => {
      await engine.containers.copyIn(id, '/tmp', pieces(tooMuch.bytes()))
      disk.leave('bytes', 2 * megabyte)
      try {
        expect(await codeOf(engine.containers.commit(id, { names: ['made'] }))).toBe('ARCHIVE.NO_SPACE')
        expect(await engine.containers.get(id)).toMatchObject({ state: 'running' })
        expect(await engine.images.find('made')).toBeUndefined()
      } finally {
        disk.makeRoom()
      }
      await engine.containers.commit(id, { names: ['made'] })
      await engine.images.remove('made')
    })
  })
})

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  )
  return isBerthError(error) ? error.code : String(error)
}

async function ended({ output, exit }: Awaited<ReturnType<Engine['containers']['exec']>>) {
  for await (const _ of output);
  return exit
}

/** But for what the log has grown by meanwhile, and a record or two. */
function expectAsMuch(before: Record<Resource, number>): void {
  const after = disk.free()
  expect(after.bytes).toBeGreaterThan(before.bytes - 512 * 1024)
  expect(after.inodes).toBeGreaterThan(before.inodes - 20)
}
