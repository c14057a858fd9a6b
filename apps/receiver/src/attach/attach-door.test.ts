import { request } from 'node:http'
import { type App, parseAppName } from '@berth/domain'
import {
  type AttachBegin,
  attachProtocol,
  type ClientFrame,
  decodeClientFrame,
  decodeWorkerFrame,
  encodeClientFrame,
  encodeWorkerFrame,
  type FrameStream,
  ticketProtocol,
  type WorkerFrame,
} from '@berth/observe'
import type { FakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import type { FakePeopleStore } from '@berth/people/drivers/fake-people-store.ts'
import { openTickets } from '@berth/people/tickets/tickets.ts'
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
async function visit(headers: Record<string, string>, app = 'shop', protocols: string[] = []) {
  const address = `ws://127.0.0.1:${house.receiver.httpPort}/attach/${app}`
  const ws = new WebSocket(address, [attachProtocol, ...protocols], { headers })
  const heard: WorkerFrame[] = []
  ws.on('message', (data: Buffer) => heard.push(decodeWorkerFrame(data)))
  const closed = new Promise<void>((resolve) => ws.once('close', () => resolve()))
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
  return { ws, heard, closed, send: (frame: ClientFrame) => ws.send(encodeClientFrame(frame)) }
}

const dashboard = () => `http://localhost:${house.settings.dashboardPort}`
const shop = async () => (await house.stores.apps.byName(parseAppName('shop'))) as App

/** Of a session of Ada's, as the API gives it to a page. */
async function ticketFor(name: string): Promise<string> {
  const app = await house.stores.apps.byName(parseAppName(name))
  const session = { id: 'session', createdAt: new Date(), lastUsedAt: new Date(), method: 'password' }
  const people = house.stores.people as FakePeopleStore
  people.signedIn.set(personId, [{ ...session, address: null, userAgent: null }])
  const given = { personId, sessionId: session.id, appId: app?.id ?? '' }
  return await openTickets(house.stores.tickets).issue(given)
}

const withTicket = (ticket: string, origin: string | null = dashboard()) =>
  visit(origin === null ? {} : { origin }, 'shop', [ticketProtocol + ticket])

const say = (frame: WorkerFrame) => workers[0]?.stream.send(encodeWorkerFrame(frame))
const failure = async (headers: Record<string, string>, app = 'shop') => codesOf(await visit(headers, app))

async function codesOf({ heard, closed }: Awaited<ReturnType<typeof visit>>): Promise<string[]> {
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

  test('is in the audit log with its end, without what may be a password', async () => {
    const client = await visit(bearer())
    client.send({ kind: 'begin', begin })
    await expect.poll(() => workers[0]?.heard.length).toBe(1)
    await say({ kind: 'begun', name: 'run.1' })
    const audit = house.stores.audit as FakeAuditLog
    const entries = async () => audit.list({ teamId: (await shop()).teamId, limit: 10 })
    const entry = { action: 'run', personId, object: 'app shop', door: 'attach' }
    await expect.poll(entries).toMatchObject([{ ...entry, outcome: 'begun' }])
    await say({ kind: 'exit', exit: { code: 3, signal: null } })
    await client.closed
    await expect.poll(entries).toMatchObject([{ outcome: 'done', after: { program: 'psql', exit: 3 } }])
    const left = await visit(bearer())
    left.send({ kind: 'begin', begin: { ...begin, what: 'exec', instance: 'web.1' } })
    await expect.poll(() => workers[1]?.heard.length).toBe(1)
    left.ws.terminate()
    const after = { program: 'psql', instance: 'web.1', end: 'left' }
    await expect.poll(async () => (await entries()).map((one) => one.after)).toContainEqual(after)
    expect(JSON.stringify(await entries())).not.toContain('secret')
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

  test('takes a page’s ticket once, for its app, from the dashboard’s own pages', async () => {
    const client = await withTicket(await ticketFor('shop'))
    client.send({ kind: 'begin', begin })
    await expect.poll(() => workers[0]?.heard.length).toBe(1)
    expect(client.ws.protocol).toBe(attachProtocol)
    client.ws.terminate()

    const used = await ticketFor('shop')
    ;(await withTicket(used)).ws.terminate()
    expect(await codesOf(await withTicket(used))).toEqual(['ATTACH.SIGNED_OUT'])
    await house.stores.apps.create({ name: parseAppName('other'), teamId: (await shop()).teamId })
    expect(await codesOf(await withTicket(await ticketFor('other')))).toEqual(['ATTACH.APP_NOT_FOUND'])
    expect(await codesOf(await withTicket('guessed'))).toEqual(['ATTACH.SIGNED_OUT'])
  })

  test('takes no ticket from another’s page, and leaves it to be used', async () => {
    const ticket = await ticketFor('shop')
    for (const origin of ['http://shop.localhost:8080', 'https://evil.example', 'null', null])
      await expect(withTicket(ticket, origin)).rejects.toThrow(/403/)
    ;(await withTicket(ticket)).ws.terminate()
  })

  test('takes a cookie for nothing', async () => {
    await expect(visit({ cookie: 'berth=ada', origin: dashboard() })).rejects.toThrow(/401/)
  })

  test('lets nobody in by the ticket of a session that has ended, or of a person who may not any more', async () => {
    const ended = await ticketFor('shop')
    await house.stores.people.endSessions(personId, null)
    expect(await codesOf(await withTicket(ended))).toEqual(['ATTACH.SIGNED_OUT'])
    const demoted = await ticketFor('shop')
    await house.stores.people.changeMember((await shop()).teamId, personId, 'viewer')
    expect(await codesOf(await withTicket(demoted))).toEqual(['ATTACH.FORBIDDEN'])
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
