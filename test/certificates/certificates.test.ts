import { readdir, readFile, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { command, localRunner } from '@berth/command'
import { places } from '@berth/domain'
import { dnsSignature } from '@berth/route/certificates/dns-webhook.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { processesOf } from '../platform/traces.ts'
import { underLoad } from '../platform/visitors.ts'
import { openAuthority, type TestAuthority } from './authority.ts'
import { curl, shownFor } from './https.ts'

/** The life of certificates, with an authority, clients and tools that are not ours. */
const validitySeconds = 90

let authority: TestAuthority
let platform: Platform
let ada: Signed
let webhook: Server
/** What the webhook was asked for. */
const asked: { action: string; name: string; signed: boolean }[] = []

beforeAll(async () => {
  authority = await openAuthority({ validitySeconds })
  webhook = await listenForRecords()
  const { port } = webhook.address() as AddressInfo
  platform = await startPlatform({
    acme: {
      directory: authority.directory,
      email: 'ops@example.test',
      authorities: authority.caPath,
      dnsWebhook: `http://127.0.0.1:${port}/records`,
    },
    nameServers: [authority.nameServer],
  })
  await authority.start(platform.settings.httpPort)
  ada = await person(platform, 'ada')
  const work = await smallApp(platform, 'shop')
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
  webhook?.close()
  await authority?.close()
})

const berth = async (...words: string[]) => (await platform.berth(words, { env: ada.env })).stdout
const refused = async (...words: string[]) =>
  (await platform.berth(words, { env: ada.env, okStatuses: [1] })).stderr

type Listed = {
  certificates: {
    id: string
    source: string
    hosts: string[]
    state: string
    expiresAt: string | null
    nextAt: string | null
    error: { code: string; message: string } | null
  }[]
}

async function certificateOf(host: string) {
  const { certificates } = JSON.parse(await berth('certs', '--app', 'shop', '--json')) as Listed
  return certificates.find(({ hosts }) => hosts.includes(host))
}

const untilState = (host: string, state: string) =>
  expect.poll(async () => (await certificateOf(host))?.state, { timeout: 60_000, interval: 500 }).toBe(state)

/** The processes of HAProxy: a reload makes another worker. */
const haproxies = () => processesOf(platform, /haproxy/)
const https = (host: string, path = '/') => `https://${host}:${platform.settings.httpsPort}${path}`
const http = (host: string, path = '/') => `http://${host}:${platform.settings.httpPort}${path}`

async function trusted(): Promise<string> {
  const path = `${platform.directory}/root.pem`
  await localRunner.run(command('tee', path), { input: await authority.root() })
  return path
}

test('a domain is added, and soon it answers over HTTPS with a certificate that is trusted, without a reload', async () => {
  const before = await haproxies()
  expect(await berth('domains', 'add', 'www.shop.test', '--app', 'shop')).toContain(
    'www.shop.test leads to shop.',
  )
  await untilState('www.shop.test', 'valid')
  const seen = await curl(platform, https('www.shop.test'), { ca: await trusted() })
  expect(seen).toMatchObject({ status: 200, exit: 0, body: 'version one\n' })
  expect(seen.headers).toMatch(/^HTTP\/2 /)
  expect((await shownFor(platform, 'www.shop.test')).names).toBe('www.shop.test')
  expect(await haproxies()).toEqual(before)

  const plain = await curl(platform, http('www.shop.test', '/a?b=c'))
  expect(plain.status).toBe(308)
  expect(plain.headers).toContain(`location: ${https('www.shop.test', '/a?b=c')}`)
  expect(await berth('certs', '--app', 'shop')).toMatch(/www\.shop\.test +Pebble.* +valid/)
  expect(await berth('domains', '--app', 'shop')).toMatch(
    /www\.shop\.test +to the app +\d+ \w+ ago +until \d{4}-/,
  )
})

test('other names are shown a certificate that nobody vouches for, and stay reachable without TLS', async () => {
  expect((await shownFor(platform, 'shop.localhost')).subject).toContain('Berth')
  expect((await curl(platform, http('shop.localhost'))).status).toBe(200)
  expect((await curl(platform, https('shop.localhost'))).status).toBe(200)
  expect((await curl(platform, https('shop.localhost'), { ca: await trusted() })).exit).toBe(60)
})

test('it is renewed in time, under load, without a failed request and without a reload', async () => {
  const [first, before] = [await shownFor(platform, 'www.shop.test'), await haproxies()]
  const due = Date.parse((await certificateOf('www.shop.test'))?.nextAt ?? '')
  const end = Date.parse((await certificateOf('www.shop.test'))?.expiresAt ?? '')
  expect(due).toBeGreaterThan(end - validitySeconds * 1_000 * 0.45)
  expect(due).toBeLessThan(end - validitySeconds * 1_000 * 0.3)
  const ca = await trusted()
  const { requests, failures } = await underLoad(platform, 'shop', async () => {
    const secure: string[] = []
    await expect
      .poll(
        async () => {
          const { status, exit } = await curl(platform, https('www.shop.test'), { ca })
          secure.push(`status ${status}, exit ${exit}`)
          await berth('certs', 'auto', 'on', '--app', 'shop')
          return (await shownFor(platform, 'www.shop.test')).serial !== first.serial
        },
        { timeout: 140_000, interval: 1_000 },
      )
      .toBe(true)
    expect(new Set(secure)).toEqual(new Set(['status 200, exit 0']))
  })
  expect(failures).toEqual([])
  expect(requests).toBeGreaterThan(100)
  expect(await haproxies()).toEqual(before)
})

test('a wildcard is proved with a record that the webhook makes, and takes away again', async () => {
  await berth('domains', 'add', '*.wild.test', '--app', 'shop')
  await untilState('*.wild.test', 'valid')
  const seen = await curl(platform, https('any.wild.test'), { ca: await trusted() })
  expect(seen).toMatchObject({ status: 200, exit: 0 })
  expect(asked.filter(({ name }) => name === '_acme-challenge.wild.test')).toEqual([
    { action: 'present', name: '_acme-challenge.wild.test', signed: true },
    { action: 'cleanup', name: '_acme-challenge.wild.test', signed: true },
  ])
  expect((await curl(platform, https('a.b.wild.test'))).status).toBe(404)
})

test('a name that leads elsewhere is not asked for; what it takes is said, and once it leads here it is obtained', async () => {
  await authority.setAddress('late.test', '198.51.100.7')
  await berth('domains', 'add', 'late.test', '--app', 'shop')
  await expect
    .poll(async () => (await certificateOf('late.test'))?.error?.code, { timeout: 30_000 })
    .toBe('CERTIFICATE.ELSEWHERE')
  expect(authority.lines.join('\n')).not.toContain('late.test')
  const { stdout } = await platform.berth(['domains', 'verify', 'late.test', '--app', 'shop'], {
    env: ada.env,
    okStatuses: [1],
  })
  expect(stdout).toMatch(
    /late\.test does not lead here: it leads to 198\.51\.100\.7, and [\s\S]*late\.test\. +A +127\.0\.0\.1/,
  )
  await authority.setAddress('late.test', '127.0.0.1')
  expect(await berth('domains', 'verify', 'late.test', '--app', 'shop')).toContain(
    'late.test leads here (127.0.0.1).',
  )
  await untilState('late.test', 'valid')
})

test('what the authority refuses is said in words, and asked for again much later', async () => {
  await berth('domains', 'add', 'refused.test', '--app', 'shop')
  await untilState('refused.test', 'failed')
  const failed = await certificateOf('refused.test')
  expect(failed?.error).toMatchObject({
    code: 'CERTIFICATE.REFUSED',
    message: expect.stringContaining('forbidden by policy'),
  })
  const waitMs = Date.parse(failed?.nextAt ?? '') - Date.now()
  expect(waitMs).toBeGreaterThan(9 * 60_000)
  expect(waitMs).toBeLessThan(12 * 60_000)
  await berth('certs', 'auto', 'on', '--app', 'shop')
  await berth('domains', 'verify', 'refused.test', '--app', 'shop')
  expect((await certificateOf('refused.test'))?.nextAt).toBe(failed?.nextAt)
  await berth('domains', 'remove', 'refused.test', '--app', 'shop')
  await expect.poll(async () => await certificateOf('refused.test')).toBeUndefined()
})

test('a certificate of one’s own is shown in place of the automatic one, from the next connection on', async () => {
  const own = await ownCertificate('own', ['www.shop.test', 'other.shop.test'])
  const added = await berth('certs', 'add', '--cert', own.chain, '--key', own.key, '--app', 'shop')
  expect(added).toMatch(/www\.shop\.test, other\.shop\.test: shown from now on, until \d{4}/)
  await expect
    .poll(async () => (await shownFor(platform, 'www.shop.test')).names)
    .toBe('www.shop.test other.shop.test')
  const seen = await curl(platform, https('www.shop.test'), { ca: own.root })
  expect(seen).toMatchObject({ status: 200, exit: 0 })

  const listed = await certificateOf('other.shop.test')
  expect(listed).toMatchObject({ source: 'own', nextAt: null })
  await berth('certs', 'remove', listed?.id.slice(0, 8) ?? '', '--app', 'shop')
  await untilState('www.shop.test', 'valid')
  await expect
    .poll(async () => (await shownFor(platform, 'www.shop.test')).names, { timeout: 40_000 })
    .toBe('www.shop.test')
})

test('a certificate that cannot be used is refused with the reason, and nothing changes', async () => {
  const [one, other] = [
    await ownCertificate('one', ['www.shop.test']),
    await ownCertificate('other', ['elsewhere.test']),
  ]
  const expired = await ownCertificate('expired', ['www.shop.test'], ['-days', '-1'])
  const add = (cert: string, key: string) =>
    refused('certs', 'add', '--cert', cert, '--key', key, '--app', 'shop')
  expect(await add(one.chain, other.key)).toContain('private key is another one')
  expect(await add(other.chain, other.key)).toContain('none of the app')
  expect(await add(expired.chain, expired.key)).toContain('it expired on')
  expect(await add(one.key, one.key)).toContain('it is not in PEM')
  expect(await add(one.chain, '/nonexistent')).toContain('cannot be read')
  expect((await shownFor(platform, 'www.shop.test')).names).toBe('www.shop.test')
})

test('after a restart the same certificates are shown', async () => {
  const own = await ownCertificate('kept', ['www.shop.test'])
  await berth('certs', 'add', '--cert', own.chain, '--key', own.key, '--app', 'shop')
  const shown = () => shownFor(platform, 'www.shop.test')
  await expect.poll(async () => (await curl(platform, https('www.shop.test'), { ca: own.root })).exit).toBe(0)
  const before = await shown()
  await platform.stop()
  await platform.start()
  expect(await shown()).toEqual(before)
  expect((await curl(platform, https('www.shop.test'), { ca: own.root })).exit).toBe(0)
})

test('while the authority is away, what was obtained is shown, and the reason is told', async () => {
  await authority.stop()
  await berth('domains', 'add', 'away.test', '--app', 'shop')
  await expect
    .poll(async () => (await certificateOf('away.test'))?.error?.code, { timeout: 30_000 })
    .toBe('CERTIFICATE.AUTHORITY_UNREACHABLE')
  expect((await curl(platform, https('www.shop.test'))).status).toBe(200)
  await authority.start(platform.settings.httpPort)
})

test('no private key is in a log, an argument, or a file that others may read', async () => {
  expect(platform.lines.join('\n')).not.toContain('PRIVATE KEY')
  const directory = `${places(platform.settings).frontDoor}/current`
  for (const name of await readdir(`${directory}/certificates`)) {
    const { mode, uid } = await stat(`${directory}/certificates/${name}`)
    expect({ name, mode: mode & 0o777, uid }).toEqual({ name, mode: 0o600, uid: 0 })
  }
  expect(await readFile(`${directory}/table.json`, 'utf8')).not.toContain('PRIVATE KEY')
})

/** What stands at a provider of DNS: it makes the records that are asked for, if they were asked for by the platform. */
async function listenForRecords(): Promise<Server> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { action, name, value } = JSON.parse(body) as Record<'action' | 'name' | 'value', string>
    const secret = (await readFile(`${places(platform.settings).secrets}/dns-webhook`, 'utf8')).trim()
    const given = String(request.headers['berth-signature'])
    const seconds = Number(/^t=(\d+),/.exec(given)?.[1])
    asked.push({ action, name, signed: given === dnsSignature(secret, body, seconds) })
    await (action === 'present' ? authority.setText(name, value) : authority.clearText(name))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** A certificate with a root and an intermediate of its own, as a company has them, made by openssl. */
async function ownCertificate(
  name: string,
  hosts: readonly string[],
  days: readonly string[] = ['-days', '30'],
) {
  const at = (file: string) => `${platform.directory}/${name}-${file}`
  const key = (file: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(file),
  ]
  const openssl = (...words: string[]) => localRunner.run(command('openssl', ...words))
  await openssl(
    'req',
    '-x509',
    ...key('root.key'),
    '-out',
    at('root.pem'),
    '-days',
    '30',
    '-subj',
    `/CN=${name} root`,
  )
  await openssl('req', ...key('leaf.key'), '-out', at('leaf.csr'), '-subj', `/CN=${hosts[0]}`)
  await localRunner.run(command('tee', at('names')), {
    input: `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`,
  })
  const sign = ['-CA', at('root.pem'), '-CAkey', at('root.key'), '-CAcreateserial', '-extfile', at('names')]
  await openssl('x509', '-req', '-in', at('leaf.csr'), '-out', at('leaf.pem'), ...sign, ...days)
  return { chain: at('leaf.pem'), key: at('leaf.key'), root: at('root.pem') }
}
