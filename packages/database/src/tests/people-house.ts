import { createHmac } from 'node:crypto'
import { openPeople, openSealing, type People, type SignOn } from '@berth/people'
import { type Database, openDatabase } from '../connection/open-database.ts'
import { temporaryDatabase } from '../temporary-database.ts'

export const origin = 'http://berth.localhost:8080'
export const password = 'correct horse battery'

/** People over a real database, and the mails that they send; here because `people` must not import this package. */
export type PeopleHouse = {
  database: Database
  people: People
  signOn: SignOn
  mails: { to: readonly string[]; subject: string; text: string }[]
  /** A browser: it keeps its cookies. */
  browser(address?: string): Browser
  close(): Promise<void>
}

export type Browser = {
  cookies: Map<string, string>
  post(path: string, body?: object): Promise<Response>
  get(path: string): Promise<Response>
  /** Whose session it holds. */
  person(): Promise<string | null>
  method(): Promise<string | null>
}

export async function openPeopleHouse(): Promise<PeopleHouse> {
  const temporary = await temporaryDatabase()
  const { settings } = temporary
  const database = openDatabase(settings)
  const mails: PeopleHouse['mails'] = []
  const people = openPeople({
    ...{ database, settings, secret: 'a secret of thirty-two characters', sealing: openSealing('key') },
    sendText: async (mail) => mails.push(mail),
  })
  return {
    ...{ database, people, mails, signOn: people.signOn },
    browser: (address = '203.0.113.1') => openBrowser(people, address),
    close: async () => {
      await database.close()
      await temporary.remove()
    },
  }
}

function openBrowser(people: People, address: string): Browser {
  const cookies = new Map<string, string>()
  const headers = () => ({
    ...{ origin, 'content-type': 'application/json', 'x-forwarded-for': address, 'user-agent': 'Test/1' },
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  })
  const ask = async (path: string, init: RequestInit) => {
    const answer = await people.auth.handler(new Request(new URL(path, `${origin}/api/auth/`), init))
    for (const line of answer.headers.getSetCookie()) keep(cookies, line)
    return answer
  }
  const session = () => people.sessionOf(new Headers(headers()))
  return {
    cookies,
    post: (path, body = {}) => ask(path, { method: 'POST', headers: headers(), body: JSON.stringify(body) }),
    get: (path) => ask(path, { headers: headers() }),
    person: async () => (await session())?.person.email ?? null,
    method: async () => (await session())?.session.method ?? null,
  }
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';')
  const name = pair.slice(0, pair.indexOf('='))
  const value = pair.slice(pair.indexOf('=') + 1)
  if (value === '' || attributes.some((one) => /max-age=0$/i.test(one.trim()))) cookies.delete(name)
  else cookies.set(name, value)
}

/** What an authenticator shows for this `otpauth://` address. Source: RFC 6238. */
export function codeFor(uri: string, at = Date.now()): string {
  const key = decodeBase32(new URL(uri).searchParams.get('secret') ?? '')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function decodeBase32(text: string): Buffer {
  const bits = [...text.replace(/=+$/, '')]
    .map((letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter.toUpperCase()).toString(2).padStart(5, '0'),
    )
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
