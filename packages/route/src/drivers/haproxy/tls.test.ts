import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { command, localRunner, Secret } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authVerifier } from '../../auth-verifier.ts'
import type { Route, RouteTable, ServedCertificate } from '../../front-door.ts'
import { stickyKey } from '../../haproxy-maps.ts'
import type { RouteRules } from '../../route-rules.ts'
import { doorUnderTest, host, route, table } from './door-under-test.ts'
import { writeInitialConfiguration } from './initial-configuration.ts'
import { haproxySocket } from './socket.ts'
import { type TemporaryCertificates, temporaryCertificates } from './test-certificates.ts'

const site = doorUnderTest()
let certificates: TemporaryCertificates

beforeAll(async () => {
  certificates = await temporaryCertificates()
})
afterAll(() => certificates.remove())

const made = async (id: string, ...hosts: string[]): Promise<ServedCertificate> => ({
  ...{ id, hosts },
  pem: await certificates.make(...hosts),
})

/** The names of the certificate that is shown to whoever asks for `name`. */
async function shown(name: string): Promise<string> {
  const port = site.haproxy.options.tls?.port ?? 0
  const socket = connect({ port, host: '127.0.0.1', servername: name, rejectUnauthorized: false })
  try {
    return await new Promise((resolve, reject) => {
      socket.once('secureConnect', () =>
        resolve(String((socket.getPeerCertificate() as PeerCertificate).subject.CN)),
      )
      socket.once('error', reject)
    })
  } finally {
    socket.destroy()
  }
}

/** What curl is answered, with the names that lead to this front door. */
async function ask(url: string, ...words: string[]) {
  const { hostname } = new URL(url)
  const { httpPort, tls } = site.haproxy.options
  const resolve = [httpPort, tls?.port].flatMap((port) => ['--resolve', `${hostname}:${port}:127.0.0.1`])
  const { stdout } = await localRunner.run(
    command('curl', '-sik', '--max-time', '10', ...resolve, ...words, url),
  )
  const [head = '', ...body] = stdout.split('\r\n\r\n')
  return { status: Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]), head, body: body.join('\r\n\r\n') }
}

const secure = (name: string, path = '/') => `https://${name}:${site.haproxy.options.tls?.port}${path}`
const plain = (name: string, path = '/') => `http://${name}:${site.haproxy.options.httpPort}${path}`
const withRules = (rules: RouteRules, more: Partial<Route> = {}): RouteTable => ({
  routes: [{ ...route('app-1', [host], [site.target(0), site.target(1)]), rules, ...more }],
})

describe('certificates', () => {
  test('are shown for their hosts, exact ones before wildcards, and the default one for the rest', async () => {
    const all = [
      await made('one', 'a.test'),
      await made('two', '*.wild.test'),
      await made('three', 'x.wild.test'),
    ]
    await site.door.apply({ ...table(site.target(0)), certificates: all })
    const names = ['a.test', 'y.wild.test', 'x.wild.test', 'a.b.wild.test', 'other.test']
    expect(await Promise.all(names.map(shown))).toEqual([
      'a.test',
      '*.wild.test',
      'x.wild.test',
      'Berth',
      'Berth',
    ])
  })

  test('come and go under load without a reload, and without a failed request', async () => {
    await site.door.apply(table(site.target(0)))
    const reloads = await site.haproxy.reloads()
    const load = site.startLoad()
    for (let round = 0; round < 5; round += 1) {
      const now = [await made('one', 'a.test'), await made('two', `b${round}.test`)]
      await site.door.apply({ ...table(site.target(0)), certificates: now })
      expect([await shown('a.test'), await shown(`b${round}.test`)]).toEqual(['a.test', `b${round}.test`])
      expect(await shown(`b${round - 1}.test`)).toBe('Berth')
    }
    expect((await load.stop()).failures).toEqual([])
    expect(await site.haproxy.reloads()).toBe(reloads)
    const held = await haproxySocket('admin', site.haproxy.options.adminSocket)('show ssl cert')
    expect(held.match(/^certificates\//gm)).toHaveLength(2)
  })

  test('are there again after a restart, but for those that a power failure has emptied', async () => {
    const all = [await made('one', 'a.test'), await made('two', 'b.test')]
    await site.door.apply({ ...table(site.target(0)), certificates: all })
    await site.haproxy.kill('SIGKILL')
    const directory = join(site.haproxy.options.directory, 'current', 'certificates')
    const [emptied = ''] = (await readdir(directory)).filter((name) => name.startsWith('two.'))
    await writeFile(join(directory, emptied), '')
    await writeInitialConfiguration(site.haproxy.options)
    await site.haproxy.start()
    expect([await shown('a.test'), await shown('b.test')]).toEqual(['a.test', 'Berth'])
    expect((await site.ask()).body).toBe('web.1-a')
  })

  test('have keys that only root reads, and that stand nowhere else', async () => {
    const one = await made('one', 'a.test')
    await site.door.apply({ ...table(site.target(0)), certificates: [one] })
    const current = join(site.haproxy.options.directory, 'current')
    for (const name of await readdir(join(current, 'certificates')))
      expect((await stat(join(current, 'certificates', name))).mode & 0o777).toBe(0o600)
    const secret = /BEGIN PRIVATE KEY-----\n(\S{20})/.exec(one.pem.reveal())?.[1] ?? 'none'
    for (const name of ['haproxy.cfg', 'table.json', 'certificates.list'])
      expect(await readFile(join(current, name), 'utf8')).not.toContain(secret)
    expect(JSON.stringify(one)).not.toContain(secret)
  })

  test('that HAProxy refuses are told, once everything else is in effect', async () => {
    const [good, other] = [await made('one', 'a.test'), await made('two', 'b.test')]
    const [chain = ''] = good.pem.reveal().split('-----BEGIN PRIVATE')
    const key = /-----BEGIN PRIVATE[\s\S]*/.exec(other.pem.reveal())?.[0] ?? ''
    const wrong = { id: 'bad', hosts: ['c.test'], pem: new Secret(chain + key) }
    const applied = site.door.apply({ ...table(site.target(1)), certificates: [wrong, other] })
    await expect(applied).rejects.toMatchObject({ code: 'ROUTE.CERTIFICATE_REFUSED' })
    expect([await shown('b.test'), await shown('c.test')]).toEqual(['b.test', 'Berth'])
    expect((await site.ask()).body).toBe('web.1-b')
    await site.door.apply({ ...table(site.target(1)), certificates: [other] })
  })

  test.each<[string, Partial<ServedCertificate>]>([
    ['an empty line', { pem: new Secret('-----BEGIN X-----\n\n-----END X-----\n') }],
    ['a command', { pem: new Secret('-----BEGIN X-----\nshow info;\n-----END X-----\n') }],
    ['an id with a slash', { id: '../x' }],
    ['a host with a space', { hosts: ['a.test b.test'] }],
    ['no host', { hosts: [] }],
  ])('with %s never come as far as HAProxy', async (_what, wrong) => {
    const one = { ...(await made('one', 'a.test')), ...wrong }
    const applied = site.door.apply({ ...table(site.target(0)), certificates: [one] })
    await expect(applied).rejects.toMatchObject({ code: 'ROUTE.TABLE_INVALID' })
  })
})

describe('a request over TLS', () => {
  test('tells the app so, whatever the client says, and speaks HTTP/2', async () => {
    await site.door.apply(table(site.target(0)))
    const { head, body } = await ask(secure(host, '/headers'), '-H', 'X-Forwarded-Proto: http')
    expect(head).toMatch(/^HTTP\/2 200/)
    expect(JSON.parse(body)).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(site.haproxy.options.tls?.port),
    })
  })

  test.each(['--tlsv1.0', '--tlsv1.1'])('is not made with %s', async (version) => {
    await site.door.apply(table(site.target(0)))
    const max = version === '--tlsv1.0' ? '1.0' : '1.1'
    const words = ['-sk', version, '--tls-max', max, '--ciphers', 'DEFAULT:@SECLEVEL=0', '--resolve']
    const { httpPort: _, tls } = site.haproxy.options
    const asked = command('curl', ...words, `${host}:${tls?.port}:127.0.0.1`, secure(host))
    expect((await localRunner.run(asked, { okStatuses: [0, 35] })).status).toBe(35)
  })

  test('after a reload is handed over as one over TLS', async () => {
    await site.door.apply(table(site.target(0)))
    const port = site.haproxy.options.tls?.port ?? 0
    const socket = connect({ port, host: '127.0.0.1', servername: host, rejectUnauthorized: false })
    const say = () => {
      socket.write(`GET /headers HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      return new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))))
    }
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    expect(await say()).toContain('"x-forwarded-proto":"https"')
    await site.door.apply({ routes: [...table(site.target(1)).routes, route('two', ['two.test'], [])] })
    expect(await say()).toMatch(/x-from: web\.1-b[\s\S]*"x-forwarded-proto":"https"/)
    socket.destroy()
  })
})

describe('names', () => {
  test('that a wildcard has lead to its route, unless another route has them', async () => {
    await site.door.apply({
      routes: [
        route('wild', ['*.wild.test'], [site.target(0)]),
        route('exact', ['exact.wild.test'], [site.target(1)]),
      ],
    })
    expect((await ask(plain('any.wild.test'))).body).toBe('web.1-a')
    expect((await ask(plain('Exact.wild.test'))).body).toBe('web.1-b')
    expect((await ask(secure('any.wild.test'))).body).toBe('web.1-a')
    for (const name of ['wild.test', 'a.b.wild.test']) expect((await ask(plain(name))).status).toBe(404)
  })

  test('that redirect send to the same path elsewhere, and secure ones to themselves', async () => {
    const secured = { ...route('app-1', [host], [site.target(0)]), secureHosts: [host] }
    await site.door.apply({ routes: [secured], redirects: [{ host: 'old.test', to: host }] })
    expect(await ask(plain('old.test', '/a?b=c'))).toMatchObject({
      status: 308,
      head: expect.stringContaining(`location: ${plain(host, '/a?b=c')}`),
    })
    expect((await ask(secure('old.test', '/a'))).head).toContain(`location: ${secure(host, '/a')}`)
    expect((await ask(plain(host, '/a'))).head).toContain(`location: ${secure(host, '/a')}`)
    expect((await ask(secure(host))).body).toBe('web.1-a')
  })

  test('answer a challenge without TLS, and lead on for every other path, without a reload', async () => {
    const secured = { ...route('app-1', [host], [site.target(0)]), secureHosts: [host] }
    await site.door.apply({ routes: [secured] })
    const reloads = await site.haproxy.reloads()
    const challenge = { host, token: 'a-token-1', answer: 'a-token-1.thumb_print' }
    await site.door.apply({ routes: [secured], challenges: [challenge] })
    const at = (token: string) => ask(plain(host, `/.well-known/acme-challenge/${token}`))
    expect(await at('a-token-1')).toMatchObject({ status: 200, body: 'a-token-1.thumb_print' })
    expect((await at('another-one')).status).toBe(404)
    expect((await ask(plain(host))).status).toBe(308)
    await site.door.apply({ routes: [secured] })
    expect((await at('a-token-1')).status).toBe(308)
    expect(await site.haproxy.reloads()).toBe(reloads)
  })

  test('of a challenge hold no word that HAProxy would read', async () => {
    const wrong = { host, token: 'a-token-1', answer: 'x"; show info' }
    const applied = site.door.apply({ ...table(site.target(0)), challenges: [wrong] })
    await expect(applied).rejects.toMatchObject({ code: 'ROUTE.TABLE_INVALID' })
  })
})

describe('an app may ask', () => {
  test('for names and passwords', async () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    const verifiers = [authVerifier(key, 'ann', 'correct horse'), authVerifier(key, 'bob', 'pässword')]
    await site.door.apply(withRules({ users: { key, verifiers } }))
    expect((await ask(plain(host))).status).toBe(401)
    for (const wrong of ['ann:pässword', 'ann:', ':', 'ann:correct horsE'])
      expect((await ask(plain(host), '-u', wrong)).status, wrong).toBe(401)
    for (const right of ['ann:correct horse', 'bob:pässword'])
      expect((await ask(plain(host), '-u', right)).status).toBe(200)
    await site.door.apply(withRules({ users: { key, verifiers: [] } }))
    expect((await ask(plain(host), '-u', 'ann:correct horse')).status).toBe(401)
  })

  test('for guessing to be in vain: after 20 wrong passwords even a right one says nothing to who is new', async () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    const users = { key, verifiers: [authVerifier(key, 'ann', 'correct horse')] }
    await site.door.apply(withRules({ users }))
    const right = await ask(plain(host), '-u', 'ann:correct horse')
    const [, passed = ''] = /set-cookie: (BERTH_PASSED=[0-9A-F]{64}); .*HttpOnly/i.exec(right.head) ?? []
    const guess = async (number: number) => (await ask(plain(host), '-u', `ann:guess ${number}`)).status
    for (let time = 0; time < 30; time++) expect(await guess(0)).toBe(401)
    for (let number = 1; number < 20; number++) expect(await guess(number)).toBe(401)
    expect(await guess(20)).toBe(429)
    const tooMany = await ask(plain(host), '-u', 'ann:correct horse')
    expect(tooMany).toMatchObject({ status: 429, body: expect.stringContaining('Too many wrong passwords') })
    expect(tooMany.head.toLowerCase()).toContain('retry-after: 600')
    expect((await ask(plain(host))).status).toBe(401)

    const known = ['-b', passed]
    expect((await ask(plain(host), ...known, '-u', 'ann:correct horse')).status).toBe(200)
    expect((await ask(plain(host), ...known, '-u', 'ann:guess 21')).status).toBe(401)
    expect((await ask(plain(host), ...known)).status).toBe(401)
    expect((await ask(plain(host), '-b', 'BERTH_PASSED=x', '-u', 'ann:correct horse')).status).toBe(429)
  })

  test('for requests of a size', async () => {
    await site.door.apply(withRules({ maxBodyBytes: 10 }))
    expect((await ask(plain(host), '-d', 'x'.repeat(10))).status).toBe(200)
    expect((await ask(plain(host), '-d', 'x'.repeat(11))).status).toBe(413)
    expect((await ask(plain(host), '-d', 'x', '-H', 'Transfer-Encoding: chunked')).status).toBe(411)
    expect((await ask(plain(host))).status).toBe(200)
  })

  test('for an answer in time, with a page of its own where none comes', async () => {
    await site.door.apply(withRules({ timeoutSeconds: 1, pages: { '504': '<p>too slow</p>' } }))
    expect(await ask(plain(host, '/slow/3000'))).toMatchObject({ status: 504, body: '<p>too slow</p>' })
    expect((await ask(plain(host))).status).toBe(200)
  })

  test('for visitors to come back to the instance that they met, while it gets requests', async () => {
    await site.door.apply(withRules({ sticky: true }))
    const cookie = (name: string) => ['-b', `BERTH_INSTANCE=${stickyKey(name)}`]
    const { head, body } = await ask(plain(host))
    expect(head).toContain(`set-cookie: BERTH_INSTANCE=${stickyKey(body)}; Path=/; HttpOnly; SameSite=Lax`)
    for (let count = 0; count < 6; count += 1) {
      const again = await ask(plain(host), ...cookie('web.1-b'))
      expect(again).toMatchObject({ body: 'web.1-b', head: expect.not.stringContaining('set-cookie') })
    }
    const drained = withRules({ sticky: true }, { targets: [site.target(0)] })
    await site.door.apply(drained)
    expect(await ask(plain(host), ...cookie('web.1-b'))).toMatchObject({
      body: 'web.1-a',
      head: expect.stringContaining(stickyKey('web.1-a')),
    })
  })

  test('for strict transport security, which is said over TLS alone', async () => {
    await site.door.apply(
      withRules({ hsts: { maxAgeSeconds: 100, includeSubdomains: true, preload: false } }),
    )
    expect((await ask(secure(host))).head).toContain(
      'strict-transport-security: max-age=100; includeSubDomains',
    )
    expect((await ask(plain(host))).head).not.toMatch(/strict/i)
  })

  test('for maintenance, with a page of its own or the front door’s', async () => {
    await site.door.apply(withRules({ sticky: true }, { state: 'maintenance' }))
    expect(await ask(plain(host))).toMatchObject({ status: 503, body: expect.stringContaining('worked on') })
    const pages = { maintenance: '<p>back at noon</p>', '503': '<p>gone</p>' }
    await site.door.apply(withRules({ pages }, { state: 'maintenance' }))
    expect(await ask(plain(host))).toMatchObject({ status: 503, body: '<p>back at noon</p>' })
    await site.door.apply(withRules({ pages }, { state: 'crashed', targets: [] }))
    expect(await ask(plain(host))).toMatchObject({ status: 503, body: '<p>gone</p>' })
    await site.door.apply(withRules({ pages }))
    expect((await ask(plain(host))).status).toBe(200)
  })

  test.each<[string, RouteRules]>([
    ['an age that is none', { hsts: { maxAgeSeconds: 1.5, includeSubdomains: false, preload: false } }],
    ['a key with a word behind it', { users: { key: 'x } || { always_true', verifiers: [] } }],
    ['a verifier that is none', { users: { key: Buffer.alloc(32).toString('base64'), verifiers: ['x'] } }],
    ['a time of a day', { timeoutSeconds: 86_400 }],
    ['a page that is too long', { pages: { '503': 'x'.repeat(12_001) } }],
    ['a page for another status', { pages: { '../x': '' } as never }],
    ['a size below nothing', { maxBodyBytes: -1 }],
  ])('but not with %s', async (_what, rules) => {
    await expect(site.door.apply(withRules(rules))).rejects.toMatchObject({ code: 'ROUTE.TABLE_INVALID' })
  })
})
