import { request } from 'node:http'
import { parseAppName } from '@berth/domain'
import {
  type AttachBegin,
  attachProtocol,
  type ClientFrame,
  decodeClientFrame,
  decodeWorkerFrame,
  encodeClientFrame,
  encodeWorkerFrame,
  type FrameStream,
  type WorkerFrame,
} from '@berth/observe'
import type { FakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type House, openHouse } from '../tests/open-house.ts'

let house: House
let token: string
let personId: string
/** The worker's side of each session, and what has come there. */
let workers: { stream: FrameStream; heard: ClientFrame[]; over: boolean }[]

beforeEach(async () => {
  house = await openHouse()
  workers = []
  house.live.whenAttaching = (_appId, stream) => {
    const worker = { stream, heard: [] as ClientFrame[], over: false }
    workers.push(worker)
    void (async () => {
      for await (const frame of stream.frames) worker.heard.push(decodeClientFrame(frame))
      worker.over = true
    })()
  }
  const ada = await house.pusher('ada')
  token = ada.token ?? ''
  personId = ada.person?.id ?? ''
  const [team] = await house.stores.people.memberships(personId)
  await house.stores.apps.create({ name: parseAppName('shop'), teamId: team?.teamId ?? '' })
})

afterEach(() => house.close())

const begin: AttachBegin = {
  ...{ what: 'run', command: ['psql', 'postgres://ada:secret@host'], instance: null },
  ...{ entrypoint: true, terminal: null, input: true },
}
const bearer = () => ({ authorization: `Bearer ${token}` })

/** A client, with what it hears. */
async function visit(headers: Record<string, string>, app = 'shop') {
  const ws = new WebSocket(`ws://127.0.0.1:${house.receiver.httpPort}/attach/${app}`, attachProtocol, {
    headers,
  })
  const heard: WorkerFrame[] = []
  ws.on('message', (data: Buffer) => heard.push(decodeWorkerFrame(data)))
  const closed = new Promise<void>((resolve) => ws.once('close', () => resolve()))
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
  return { ws, heard, closed, send: (frame: ClientFrame) => ws.send(encodeClientFrame(frame)) }
}

const say = (frame: WorkerFrame) => workers[0]?.stream.send(encodeWorkerFrame(frame))
const failure = async (headers: Record<string, string>, app = 'shop') => {
  const { heard, closed } = await visit(headers, app)
  await closed
  return heard.map((frame) => (frame.kind === 'failed' ? frame.error.code : frame.kind))
}

describe('a session', () => {
  test('carries frames both ways, and ends with the last', async () => {
    const client = await visit(bearer())
    client.send({ kind: 'begin', begin })
    client.send({ kind: 'input', bytes: Buffer.from('select 1') })
    await expect.poll(() => workers[0]?.heard[0]).toEqual({ kind: 'begin', begin })
    await say({ kind: 'begun', name: 'run.1' })
    await expect.poll(() => workers[0]?.heard[1]).toEqual({ kind: 'input', bytes: Buffer.from('select 1') })
    await say({ kind: 'stdout', bytes: Buffer.from('1') })
    await say({ kind: 'exit', exit: { code: 3, signal: null } })
    await client.closed
    expect(client.heard.map(({ kind }) => kind)).toEqual(['begun', 'stdout', 'exit'])
    await expect.poll(() => workers[0]?.over).toBe(true)
  })

  test('whose client goes is over for the worker too', async () => {
    const client = await visit(bearer())
    client.send({ kind: 'begin', begin })
    await expect.poll(() => workers[0]?.heard.length).toBe(1)
    client.ws.terminate()
    await expect.poll(() => workers[0]?.over).toBe(true)
  })

  test('whose worker goes says so', async () => {
    const client = await visit(bearer())
    client.send({ kind: 'begin', begin })
    await expect.poll(() => workers[0]?.heard.length).toBe(1)
    workers[0]?.stream.destroy()
    await client.closed
    expect(client.heard).toMatchObject([{ kind: 'failed', error: { code: 'ATTACH.LOST' } }])
  })

  test('with what has no meaning is broken off', async () => {
    const client = await visit(bearer())
    client.ws.send(Buffer.from([99]))
    await client.closed
    expect(client.heard).toMatchObject([{ kind: 'failed', error: { code: 'ATTACH.BAD_FRAME' } }])
    const text = await visit(bearer())
    text.ws.send('words')
    await text.closed
    expect(text.heard).toMatchObject([{ kind: 'failed', error: { code: 'ATTACH.BAD_FRAME' } }])
    const long = await visit(bearer())
    long.ws.on('error', () => undefined)
    long.ws.send(Buffer.alloc(70_000, 2))
    await long.closed
    expect(workers.every(({ heard }) => heard.length === 0)).toBe(true)
  })

  test('holds a client up that sends faster than the worker reads', async () => {
    house.live.whenAttaching = () => undefined
    const client = await visit(bearer())
    const piece = encodeClientFrame({ kind: 'input', bytes: Buffer.alloc(60_000) })
    for (let sent = 0; sent < 500; sent += 1) client.ws.send(piece)
    // 30 MB: what the door lets in, and what the kernel holds, is less.
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(client.ws.bufferedAmount).toBeGreaterThan(10_000_000)
    client.ws.terminate()
  })

  test('is in the audit log, without what may be a password', async () => {
    const client = await visit(bearer())
    client.send({ kind: 'begin', begin })
    await expect.poll(() => workers[0]?.heard.length).toBe(1)
    await say({ kind: 'begun', name: 'run.1' })
    const audit = house.stores.audit as FakeAuditLog
    const [team] = await house.stores.people.memberships(personId)
    const entries = () => audit.list({ teamId: team?.teamId ?? '', limit: 10 })
    await expect.poll(entries).toMatchObject([
      {
        action: 'run',
        personId,
        object: 'app shop',
        door: 'attach',
        outcome: 'done',
        after: { program: 'psql' },
      },
    ])
    expect(JSON.stringify(await entries())).not.toContain('secret')
    client.ws.terminate()
  })
})

describe('the door', () => {
  test('takes nobody for somebody', async () => {
    expect(await failure({ authorization: 'Bearer berth_wrong' })).toEqual(['ATTACH.SIGNED_OUT'])
    await expect(visit({})).rejects.toThrow(/401/)
  })

  test('has the same answer for an app of others and one that is not there', async () => {
    const eve = await house.pusher('eve', { team: 'Elsewhere' })
    const asEve = { authorization: `Bearer ${eve.token}` }
    expect(await failure(asEve)).toEqual(['ATTACH.APP_NOT_FOUND'])
    expect(await failure(asEve, 'nothing')).toEqual(['ATTACH.APP_NOT_FOUND'])
  })

  test('lets no viewer in', async () => {
    const vic = await house.pusher('vic', { role: 'viewer' })
    expect(await failure({ authorization: `Bearer ${vic.token}` })).toEqual(['ATTACH.FORBIDDEN'])
  })

  test('takes the dashboard’s cookie from the dashboard’s pages alone', async () => {
    const person = await house.stores.people.person(personId)
    if (person === null) throw new Error('Ada is not there')
    house.cookies.set('berth=ada', { person, session: { id: 'session', method: 'password' } })
    const cookie = 'berth=ada'
    const dashboard = `http://localhost:${house.settings.dashboardPort}`
    const client = await visit({ cookie, origin: dashboard })
    client.send({ kind: 'begin', begin })
    await expect.poll(() => workers[0]?.heard.length).toBe(1)
    client.ws.terminate()
    for (const origin of ['http://shop.localhost:8080', 'https://evil.example', 'null'])
      await expect(visit({ cookie, origin })).rejects.toThrow(/403/)
    await expect(visit({ cookie })).rejects.toThrow(/403/)
    expect(await failure({ cookie: 'berth=eve', origin: dashboard })).toEqual(['ATTACH.SIGNED_OUT'])
  })

  test('looks at no more tokens of an address that guesses', async () => {
    for (let tries = 0; tries < 10; tries += 1) await failure({ authorization: `Bearer berth_${tries}` })
    await expect(visit(bearer())).rejects.toThrow(/429/)
  })

  test('has room for so many sessions of a person', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => visit(bearer())))
    await expect.poll(() => workers.length).toBe(8)
    expect(await failure(bearer())).toEqual(['ATTACH.BUSY'])
    for (const { ws } of clients) ws.terminate()
    await expect.poll(async () => (await visit(bearer())).ws.readyState).toBe(WebSocket.OPEN)
  })

  test('says how it is spoken to', async () => {
    expect(await statusOf({})).toBe(426)
    const other = new WebSocket(`ws://127.0.0.1:${house.receiver.httpPort}/attach/shop`, 'berth.attach.9', {
      headers: bearer(),
    })
    await expect(new Promise((_resolve, reject) => other.once('error', reject))).rejects.toThrow(/400/)
  })
})

function statusOf(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port: house.receiver.httpPort, path: '/attach/shop', headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .once('error', reject)
      .end()
  })
}
