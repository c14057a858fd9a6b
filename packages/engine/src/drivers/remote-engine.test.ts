import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@berth/command'
import { type SourceTree, type StageEvent, toErrorRecord } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeEngine } from '../engine.contract.ts'
import type { BuildRequest, Engine } from '../engine.ts'
import { serveEngine } from '../remote/serve-engine.ts'
import { describeVolumes } from '../volumes.contract.ts'
import { fakeEngine } from './fake-engine.ts'
import { remoteEngine } from './remote-engine.ts'

async function served(change: (engine: Engine) => Engine = (engine) => engine) {
  const directory = await mkdtemp(join(tmpdir(), 'berth-remote-'))
  const socket = join(directory, 'engine', 'engine.sock')
  const fake = fakeEngine()
  const bugs: unknown[] = []
  const server = await serveEngine(change(fake), { socket, onBug: (error) => bugs.push(error) })
  return {
    ...{ socket, fake, bugs, server },
    async end() {
      await server.close()
      await fake.close()
      await rm(directory, { recursive: true })
    },
  }
}

describeEngine('an engine reached through its socket', async () => {
  const { socket, fake, end } = await served()
  fake.images.add('contract')
  return { engine: remoteEngine(socket), image: 'contract', dispose: end }
})

describeVolumes('an engine reached through its socket', async () => {
  const { socket, fake, end } = await served()
  fake.images.add('contract')
  return { engine: remoteEngine(socket), image: 'contract', dispose: end }
})

describe('an engine reached through its socket', () => {
  let at: Awaited<ReturnType<typeof served>>
  let builds: { request: BuildRequest; signal: AbortSignal }[]
  let build: Engine['build']
  beforeEach(async () => {
    builds = []
    at = await served((engine) => ({
      ...engine,
      build: (request, sink, signal) => {
        builds.push({ request, signal })
        return build(request, sink, signal)
      },
    }))
    build = at.fake.build
  })
  afterEach(() => at.end())

  test('its socket is for root alone', async () => {
    expect((await stat(join(at.socket, '..'))).mode & 0o777).toBe(0o700)
  })

  test('nobody there is told as such', async () => {
    await at.server.close()
    await expect(remoteEngine(at.socket).images.list()).rejects.toMatchObject({ code: 'ENGINE.NOT_REACHED' })
  })

  test('errors keep their code, and a bug keeps its text to itself', async () => {
    const engine = remoteEngine(at.socket)
    await expect(engine.images.get('nobody')).rejects.toMatchObject({ code: 'IMAGE.NOT_FOUND' })
    build = async () => {
      throw new Error('secret')
    }
    await expect(
      engine.build(requestOf(treeOf({})), () => undefined, AbortSignal.timeout(5_000)),
    ).rejects.toMatchObject({
      code: 'BERTH.UNEXPECTED',
    })
    expect(at.bugs).toMatchObject([{ message: 'secret' }])
  })

  test.each([
    ['a method that is none', { call: 'images.close', arguments: [] }],
    ['a property of every object', { call: 'images.constructor', arguments: [] }],
    ['a noun that is none', { call: 'constructor.prototype.call', arguments: [] }],
  ])('%s is not called', async (_what, asked) => {
    expect(await sayTo(at.socket, JSON.stringify(asked))).toContain('ENGINE.UNKNOWN_CALL')
  })

  test.each(['', 'nonsense', '[]', 'null'])('%j is no call, and harms nobody', async (text) => {
    await sayTo(at.socket, text)
    expect(await remoteEngine(at.socket).images.list()).toEqual([])
  })

  test('a build reads the tree that lies with its caller', async () => {
    const large = 'x'.repeat(300_000)
    const tree = treeOf({ Dockerfile: 'FROM scratch\n', empty: '', large })
    const seen: Record<string, string> = {}
    build = async ({ tree: given, secrets, sourceDate }) => {
      expect(secrets?.token).toBeInstanceOf(Secret)
      expect(secrets?.token?.reveal()).toBe('s3cret')
      expect(sourceDate).toEqual(new Date(0))
      const entries = await given.entries()
      for await (const _left of given.read(entries.toReversed())) break
      for await (const { entry, content } of given.read(entries)) {
        seen[entry.path] = (seen[entry.path] ?? '') + Buffer.from(content).toString()
      }
      return at.fake.images.add('built')
    }
    const request = { ...requestOf(tree), secrets: { token: new Secret('s3cret') }, sourceDate: new Date(0) }
    const image = await remoteEngine(at.socket).build(request, () => undefined, AbortSignal.timeout(20_000))
    expect(image.createdAt).toBeInstanceOf(Date)
    expect(seen).toEqual({ Dockerfile: 'FROM scratch\n', empty: '', large })
  })

  test('a build tells its events in order', async () => {
    build = async (_request, sink) => {
      for (let at = 0; at < 500; at += 1) sink({ kind: 'section', at, text: 'x' })
      return at.fake.images.add('built')
    }
    const events: StageEvent[] = []
    const signal = AbortSignal.timeout(20_000)
    await remoteEngine(at.socket).build(requestOf(treeOf({})), (event) => events.push(event), signal)
    expect(events.map((event) => event.at)).toEqual(Array.from({ length: 500 }, (_, number) => number))
  })

  test('a build that is broken off ends in the engine too', async () => {
    const ended = Promise.withResolvers<void>()
    build = (_request, sink, signal) => {
      sink({ kind: 'section', at: 1, text: 'begun' })
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended.resolve()
          reject(signal.reason)
        })
      })
    }
    const stop = new AbortController()
    const why = new Error('enough')
    const building = remoteEngine(at.socket).build(requestOf(treeOf({})), () => stop.abort(why), stop.signal)
    await expect(building).rejects.toBe(why)
    await ended.promise
  })

  test('an engine that ends in the middle of a call is told as such', async () => {
    build = () => at.server.close().then(() => new Promise(() => undefined))
    const building = remoteEngine(at.socket).build(
      requestOf(treeOf({})),
      () => undefined,
      AbortSignal.timeout(9_000),
    )
    const error = await building.catch((thrown: unknown) => thrown)
    expect(toErrorRecord(error).code).toBe('ENGINE.REMOTE_BROKEN')
  })
})

function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const entries = Object.keys(files).map((path) => ({
    path,
    kind: 'file' as const,
    executable: false,
    contentId: path,
    sizeBytes: Buffer.byteLength(files[path] ?? ''),
  }))
  return {
    entries: async () => entries,
    async *read(wanted) {
      for (const entry of wanted) yield { entry, content: Buffer.from(files[entry.path] ?? '') }
    },
  }
}

function requestOf(tree: SourceTree): BuildRequest {
  return {
    ...{ tree, dockerfilePath: 'Dockerfile', target: null, arguments: {}, labels: {}, names: ['built'] },
    ...{ cacheScope: 'test', authorities: null, noCache: false },
    limits: { memoryBytes: 1, cpuWeight: 100, pids: 10, timeoutMs: 10_000, diskBytes: 1 },
  }
}

/** One frame of JSON, and what comes back until the end. */
async function sayTo(path: string, json: string): Promise<string> {
  const socket = connect(path)
  const header = Buffer.alloc(5)
  header.writeUInt32BE(Buffer.byteLength(json), 1)
  socket.write(Buffer.concat([header, Buffer.from(json)]))
  let answer = ''
  for await (const piece of socket) answer += String(piece)
  return answer
}
