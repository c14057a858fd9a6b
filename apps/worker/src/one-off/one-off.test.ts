import { readOneOff } from '@berth/deploy'
import type { App } from '@berth/domain'
import {
  type AttachBegin,
  type ClientFrame,
  decodeWorkerFrame,
  encodeClientFrame,
  type WorkerFrame,
} from '@berth/observe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakePlatform, startFakePlatform } from '../fake-platform.ts'

let platform: FakePlatform
let shop: App

beforeEach(async () => {
  platform = await startFakePlatform()
  shop = await platform.createApp()
  await platform.deployed(shop, {
    Dockerfile: 'FROM scratch\nCMD ["serve", "one"]',
    Procfile: 'web: serve one\ngreet: sh -c "echo hello from $BERTH_APP"',
  })
})
afterEach(() => platform.remove())

const oneOffs = async () => (await platform.engine.containers.list()).flatMap((one) => readOneOff(one) ?? [])
const begin = (over: Partial<AttachBegin> = {}): AttachBegin => ({
  ...{ what: 'run', command: ['sh', '-c', 'echo hi; exit 3'], instance: null },
  ...{ entrypoint: true, terminal: null, input: true },
  ...over,
})

/** A session, with what it hears. */
async function join(wanted: AttachBegin) {
  const stream = await platform.live.attach(shop.id)
  const heard: WorkerFrame[] = []
  const over = (async () => {
    for await (const frame of stream.frames) heard.push(decodeWorkerFrame(frame))
  })()
  const say = (frame: ClientFrame) => stream.send(encodeClientFrame(frame))
  const text = () =>
    heard
      .map((frame) =>
        frame.kind === 'stdout' || frame.kind === 'stderr' ? Buffer.from(frame.bytes).toString() : '',
      )
      .join('')
  await say({ kind: 'begin', begin: wanted })
  return { heard, over, say, text, leave: () => stream.destroy() }
}

async function outcome(wanted: AttachBegin) {
  const { heard, over, text } = await join(wanted)
  await over
  const last = heard.at(-1)
  return { text: text(), end: last?.kind === 'failed' ? last.error.code : last }
}

describe('a session', () => {
  test('runs a command in an instance of its own, which is gone afterwards', async () => {
    const { heard, over, text } = await join(begin())
    await over
    expect(heard[0]).toEqual({ kind: 'begun', name: 'run.1' })
    expect(text()).toBe('hi\n')
    expect(heard.at(-1)).toEqual({ kind: 'exit', exit: { code: 3, signal: null } })
    expect(await oneOffs()).toEqual([])
    expect(platform.reports).toEqual([])
  })

  test('hands on what is typed, and its end', async () => {
    const session = await join(begin({ command: ['cat'] }))
    await session.say({ kind: 'input', bytes: Buffer.from('one\ntwo\n') })
    await session.say({ kind: 'input-end' })
    await session.over
    expect(session.text()).toBe('one\ntwo\n')
  })

  test('runs a process type by its name, and in a running instance', async () => {
    expect((await outcome(begin({ command: ['greet'] }))).text).toBe('hello from shop\n')
    const exec = begin({ what: 'exec', instance: 'web.1', command: ['sh', '-c', 'echo $BERTH_PROCESS'] })
    expect((await outcome(exec)).text).toBe('web.1\n')
  })

  test('of a running instance that says no command opens the shell that the image has', async () => {
    const session = await join(begin({ what: 'exec', instance: 'web.1', command: [] }))
    await expect.poll(() => session.heard[0]).toEqual({ kind: 'begun', name: 'web.1' })
    session.leave()
  })

  test('of an image without a shell is told to say a program', async () => {
    const { containers, images } = platform.engine
    for (const { image } of await containers.list()) images.setPrograms(image, ['serve'])
    const { end } = await outcome(begin({ what: 'console', command: [] }))
    expect(end).toBe('ONE_OFF.NO_SHELL')
  })

  test.each([
    [{ command: ['no-such-program'] }, /^CONTAINER\./],
    [{ command: [] }, 'ONE_OFF.NO_COMMAND'],
    [{ what: 'exec' as const, instance: 'web.7' }, 'ONE_OFF.NO_INSTANCE'],
  ])('of %j is told %s, and leaves nothing', async (over, code) => {
    const { end } = await outcome(begin(over))
    expect(end).toMatch(code)
    expect(await oneOffs()).toEqual([])
  })

  test('that is cut ends what it ran', async () => {
    const session = await join(begin({ command: ['sleep', '600'] }))
    await expect.poll(() => session.heard.length).toBe(1)
    expect(await oneOffs()).toHaveLength(1)
    session.leave()
    await expect.poll(oneOffs).toEqual([])
  })

  test('gets a number that no other has', async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => join(begin({ command: ['sleep', '600'] }))))
    for (const { heard } of sessions) await expect.poll(() => heard.length).toBe(1)
    const names = sessions.map(({ heard }) =>
      heard.map((frame) => (frame.kind === 'begun' ? frame.name : '')).join(),
    )
    expect(names.sort()).toEqual(['run.1', 'run.2', 'run.3'])
    for (const { leave } of sessions) leave()
    await expect.poll(oneOffs).toEqual([])
  })

  test('that a dead worker has left is cleared away by the next', async () => {
    const session = await join(begin({ command: ['sleep', '600'] }))
    await expect.poll(() => session.heard.length).toBe(1)
    const [left] = await platform.engine.containers.list({ 'berth.one-off': 'attached' })
    await platform.stop()
    await session.over
    expect(session.heard.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'WORKER.CLOSING' } })
    const spec = { name: 'left', labels: left?.labels ?? {}, image: left?.image ?? '', group: shop.id }
    const { id } = await platform.engine.containers.create({
      ...{
        ...spec,
        entrypoint: null,
        command: ['sleep', '600'],
        env: {},
        user: null,
        workingDirectory: null,
      },
      ...{
        hostname: null,
        network: 'none',
        init: true,
        log: { directory: '/tmp', maxBytes: 1_000, maxFiles: 1 },
      },
      limits: { memoryBytes: null, cpuWeight: 100, cpus: null, pids: 10 },
    })
    await platform.engine.containers.start(id)
    await platform.start()
    expect(await oneOffs()).toEqual([])
  })
})

describe('a detached one', () => {
  test('goes on without anybody until it ends or is ended', async () => {
    const { live } = platform
    const command = { command: ['sleep', '600'], entrypoint: true, timeoutMs: 60_000 }
    expect(await live.runDetached(shop.id, command)).toEqual({ name: 'run.1' })
    expect(await live.oneOffs(shop.id)).toMatchObject([{ name: 'run.1', kind: 'detached', state: 'running' }])
    await platform.stop()
    await platform.start()
    expect(await live.oneOffs(shop.id)).toHaveLength(1)
    await live.stopOneOff(shop.id, 'run.1')
    await expect.poll(oneOffs).toEqual([])
    await expect(live.stopOneOff(shop.id, 'run.1')).rejects.toMatchObject({ code: 'ONE_OFF.NOT_FOUND' })
  })

  test('ends when its time is up', async () => {
    const command = { command: ['sleep', '600'], entrypoint: true, timeoutMs: 1_000 }
    await platform.live.runDetached(shop.id, command)
    await expect.poll(oneOffs).toEqual([])
  })

  test('is one of so many', async () => {
    const command = { command: ['sleep', '600'], entrypoint: true, timeoutMs: 60_000 }
    for (let count = 0; count < 16; count += 1) await platform.live.runDetached(shop.id, command)
    await expect(platform.live.runDetached(shop.id, command)).rejects.toMatchObject({
      code: 'ONE_OFF.TOO_MANY',
    })
  })

  test('of an app of which nothing is live is refused', async () => {
    const blog = await platform.stores.apps.create({ name: 'blog' as App['name'], teamId: shop.teamId })
    const command = { command: ['true'], entrypoint: true, timeoutMs: 60_000 }
    await expect(platform.live.runDetached(blog.id, command)).rejects.toMatchObject({
      code: 'ONE_OFF.NOTHING_LIVE',
    })
  })
})
