import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { curl } from '../certificates/https.ts'
import { claimPorts } from '../platform/claim-ports.ts'
import { person, type Signed } from '../platform/person.ts'
import { killPart } from '../platform/processes.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { callingMeanwhile, callPort, saidAt } from './port-visitors.ts'

/** What people say of an app's names and of how it is reached, through the command line; what comes of it, through curl. */
let platform: Platform
let ada: Signed
let eve: Signed

beforeAll(async () => {
  platform = await startPlatform({ healthTimeoutMs: 15_000 })
  ada = await person(platform, 'ada')
  eve = await person(platform, 'eve')
  const work = await smallApp(platform, 'shop')
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
  await berth('create', 'blog')
  await platform.berth(['create', 'other'], { env: eve.env })
})

afterAll(async () => {
  await platform?.remove()
})

const berth = async (...words: string[]) => (await platform.berth(words, { env: ada.env })).stdout
const refused = async (words: string[], as = ada) =>
  (await platform.berth(words, { env: as.env, okStatuses: [1] })).stderr
const http = (host: string, path = '/') => `http://${host}:${platform.settings.httpPort}${path}`
const statusOf = async (host: string, words: readonly string[] = []) =>
  (await curl(platform, http(host), { words })).status
const untilStatus = (host: string, status: number) =>
  expect.poll(() => statusOf(host), { timeout: 20_000 }).toBe(status)

type Domain = { host: string; isDefault: boolean; redirectTo: string | null; verifiedAt: string | null }

describe('domains', () => {
  test('the default one is there from the beginning', async () => {
    const [first, ...more] = JSON.parse(await berth('domains', '--app', 'shop', '--json')) as Domain[]
    expect(first).toMatchObject({ host: 'shop.localhost', isDefault: true, redirectTo: null })
    expect(more).toEqual([])
    expect(await statusOf('shop.localhost')).toBe(200)
  })

  test('several are added at once, however they are written, and lead to the app', async () => {
    const said = await berth('domains', 'add', 'WWW.Shop.test.', 'bücher.shop.test', '--app', 'shop')
    expect(said).toContain('www.shop.test leads to shop.')
    expect(said).toContain('xn--bcher-kva.shop.test leads to shop.')
    await untilStatus('www.shop.test', 200)
    await untilStatus('xn--bcher-kva.shop.test', 200)
    expect(await statusOf('shop.test')).toBe(404)
  })

  test('a wildcard leads every name one label below, but for those of another app', async () => {
    await berth('domains', 'add', '*.wild.test', '--app', 'shop')
    await berth('domains', 'add', 'blog.wild.test', '--app', 'blog')
    await untilStatus('any.wild.test', 200)
    await untilStatus('blog.wild.test', 503)
    expect(await statusOf('a.b.wild.test')).toBe(404)
    expect(await statusOf('wild.test')).toBe(404)
  })

  test('one that redirects sends to the same path at another', async () => {
    await berth('domains', 'add', 'shop.test', '--redirect-to', 'www.shop.test', '--app', 'shop')
    await untilStatus('shop.test', 308)
    const { headers } = await curl(platform, http('shop.test', '/a?b=c'))
    expect(headers).toContain(`location: ${http('www.shop.test', '/a?b=c')}`)
    expect(await berth('domains', '--app', 'shop')).toMatch(/shop\.test +to www\.shop\.test/)
    expect(await refused(['domains', 'remove', 'www.shop.test', '--app', 'shop'])).toContain(
      'shop.test sends its visitors to www.shop.test.',
    )
  })

  test('where a name leads is looked up, and the record that would lead it here is named', async () => {
    await berth('domains', 'add', 'nowhere.invalid', '--app', 'blog')
    const { stdout } = await platform.berth(['domains', 'verify', 'nowhere.invalid', '--app', 'blog'], {
      env: ada.env,
      okStatuses: [1],
    })
    expect(stdout).toMatch(
      /nowhere\.invalid does not lead here: .*\nCreate this record .*\n +nowhere\.invalid\. +A+ +\S+/,
    )
  })

  test('one is removed, and leads nowhere from then on', async () => {
    expect(await berth('domains', 'remove', 'nowhere.invalid', '--app', 'blog')).toContain(
      'leads to blog no more',
    )
    await berth('domains', 'remove', 'xn--bcher-kva.shop.test', '--app', 'shop')
    await untilStatus('xn--bcher-kva.shop.test', 404)
  })

  test.each([
    ['https://shop.test/', /more than a host name/],
    ['shop', /only one label/],
    ['192.0.2.7', /an address is not a name/],
    ['a.*.test', /first label alone/],
    ['-a.test', /not a host name/],
    ['co.uk', /everybody registers names below it/],
    ['new.localhost', /platform's own names/],
    ['berth.localhost', /platform's own names/],
    [`${'a'.repeat(64)}.test`, /not a host name/],
  ])('%s is refused with the reason', async (given, says) => {
    expect(await refused(['domains', 'add', '--app', 'shop', '--', given])).toMatch(says)
  })

  test('one that leads to another app is refused, and nobody is told to which; none of several is added then', async () => {
    const taken = await refused(['domains', 'add', 'fine.test', 'www.shop.test', '--app', 'other'], eve)
    expect(taken).toContain('www.shop.test leads to an app already')
    expect(taken).not.toMatch(/ shop[ .]|ada/)
    const { stdout } = await platform.berth(['domains', '--app', 'other', '--json'], { env: eve.env })
    expect(JSON.parse(stdout)).toHaveLength(1)
    const below = await refused(['domains', 'add', 'mine.wild.test', '--app', 'other'], eve)
    expect(below).toContain('leads to an app already')
    expect(await refused(['domains', 'add', '*.shop.test', '--app', 'other'], eve)).toContain('already')
  })

  test('another team sees none of it, and changes nothing', async () => {
    for (const words of [
      ['domains'],
      ['domains', 'add', 'x.test'],
      ['certs'],
      ['maintenance', 'on'],
      ['routing'],
    ])
      expect(await refused([...words, '--app', 'shop'], eve), words.join(' ')).toContain(
        'There is no app "shop".',
      )
  })

  test('a redirect leads to a domain of the app alone', async () => {
    const words = ['domains', 'add', 'x.test', '--redirect-to', 'elsewhere.test', '--app', 'shop']
    expect(await refused(words)).toContain('"elsewhere.test" is none of the app')
  })
})

describe('how an app is reached', () => {
  test('maintenance shows a page in place of the app, and the app again', async () => {
    await berth('maintenance', 'on', '--app', 'shop')
    await untilStatus('www.shop.test', 503)
    expect((await curl(platform, http('www.shop.test'))).body).toContain('This app is being worked on')
    const page = `${platform.directory}/noon.html`
    await localRunner.run(command('tee', page), { input: '<p>back at noon</p>' })
    await berth('routing', 'page', 'maintenance', page, '--app', 'shop')
    await expect
      .poll(async () => (await curl(platform, http('www.shop.test'))).body)
      .toBe('<p>back at noon</p>')
    await berth('maintenance', 'off', '--app', 'shop')
    await untilStatus('www.shop.test', 200)
  })

  test('a name and a password are asked for, and told by nobody', async () => {
    const add = ['http-auth', 'add', 'ann', '--password-stdin', '--app', 'shop']
    await platform.berth(add, { env: ada.env, input: 'correct horse\n' })
    await untilStatus('shop.localhost', 401)
    expect(await statusOf('shop.localhost', ['-u', 'ann:correct horse'])).toBe(200)
    expect(await statusOf('shop.localhost', ['-u', 'ann:wrong horses'])).toBe(401)
    expect(await berth('http-auth', '--app', 'shop')).toBe('ann\n')
    expect(await berth('routing', '--app', 'shop', '--json')).not.toContain('correct')
    const short = await platform.berth(add, { env: ada.env, input: 'short\n', okStatuses: [1] })
    expect(short.stderr).toContain('at least 8 characters')
    await berth('http-auth', 'remove', 'ann', '--app', 'shop')
    await expect.poll(() => statusOf('shop.localhost', ['-u', 'ann:correct horse'])).toBe(401)
    await berth('http-auth', 'off', '--app', 'shop')
    await untilStatus('shop.localhost', 200)
  })

  test('requests have a largest size, and what is said is shown', async () => {
    await berth('routing', 'set', '--max-body', '1k', '--timeout', '120', '--sticky', 'on', '--app', 'shop')
    const post = (size: number) => statusOf('shop.localhost', ['-d', 'x'.repeat(size)])
    await expect.poll(() => post(1_001)).toBe(413)
    expect(await post(1_000)).not.toBe(413)
    expect((await curl(platform, http('shop.localhost'))).headers).toContain('set-cookie: BERTH_INSTANCE=')
    const shown = await berth('routing', '--app', 'shop')
    expect(shown).toMatch(/largest request +1 kB[\s\S]*time to answer +120 s[\s\S]*sticky +on/)
    await berth('routing', 'set', '--max-body', 'off', '--timeout', 'off', '--sticky', 'off', '--app', 'shop')
    await expect
      .poll(async () => (await curl(platform, http('shop.localhost'))).headers)
      .not.toContain('set-cookie')
  })

  test('what is asked wrongly changes nothing', async () => {
    const before = await berth('routing', '--app', 'shop', '--json')
    expect(await refused(['routing', 'set', '--max-body', 'lots', '--app', 'shop'])).toContain(
      '--max-body takes',
    )
    expect(await refused(['routing', 'set', '--timeout', '2d', '--app', 'shop'])).toMatch(
      /not understood|3600/,
    )
    expect(await refused(['routing', 'set', '--sticky', 'yes', '--app', 'shop'])).toContain('takes on or off')
    expect(await refused(['routing', 'set', '--app', 'shop'])).toContain('Say what to change')
    expect(await refused(['routing', 'page', '404', '/etc/hostname', '--app', 'shop'])).toContain(
      '502, 503, 504',
    )
    expect(await refused(['http-auth', 'remove', 'nobody', '--app', 'shop'])).toContain('no such user')
    expect(await berth('routing', '--app', 'shop', '--json')).toBe(before)
  })
})

describe('ports', () => {
  let port: number
  let letGo: () => Promise<void>
  const version = (text: string) => ({
    Procfile:
      'web: /bin/busybox httpd -f -p 5000 -h /www\ndb: /bin/busybox nc -ll -p 5432 -e /bin/busybox sh /talk\n',
    Dockerfile: 'FROM scratch\nCOPY busybox /bin/busybox\nCOPY www /www\nCOPY talk /talk\n',
    'app.json': JSON.stringify({ formation: { db: { quantity: 1 } } }),
    talk: `/bin/busybox echo ${text}\nexec /bin/busybox cat\n`,
  })
  let work: Awaited<ReturnType<typeof smallApp>>

  beforeAll(async () => {
    const claimed = await claimPorts(1)
    port = claimed.ports[0] ?? 0
    letGo = claimed.release
    work = await smallApp(platform, 'store')
    await work.commit(version('one'))
    const pushed = await work.push(ada, 'store')
    expect(pushed.status, pushed.stderr).toBe(0)
  })
  afterAll(() => letGo())

  test('one leads to the instances of its process type, and is this app’s alone', async () => {
    const added = ['ports', 'add', `${port}/tcp`, '--to', '5432', '--process-type', 'db', '--app', 'store']
    expect(await berth(...added)).toContain(`store.localhost:${port} leads to db of store, port 5432.`)
    await expect.poll(() => saidAt(port)).toBe('one')
    expect(await berth('ports', '--app', 'store')).toMatch(new RegExp(`${port}/tcp +db, port 5432`))
    const taken = await refused(['ports', 'add', String(port), '--app', 'other'], eve)
    expect(taken).toContain('leads to an app already')
    expect(taken).toContain('Choose another')
    expect(await refused(['ports', 'remove', String(port), '--app', 'other'], eve)).toContain('does not have')
    expect(await refused(['ports', '--app', 'store'], eve)).toContain('There is no app "store".')
  })

  test('a deployment and more instances cost no connection; who is connected stays so', async () => {
    const held = await callPort(port)
    const { result, visits } = await callingMeanwhile(port, async () => {
      await work.commit(version('two'))
      const pushed = await work.push(ada, 'store')
      const stayed = await held.echo('after the deployment')
      await berth('ps', 'scale', 'db=2', '--app', 'store')
      return { pushed, stayed }
    })
    expect(result.pushed.status, result.pushed.stderr).toBe(0)
    expect(result.stayed).toBe(true)
    held.end()
    expect([...new Set(visits)].sort()).toEqual(['one', 'two'])
    expect(await saidAt(port)).toBe('two')
  })

  test('a version that does not listen there is not deployed, and is told why', async () => {
    await work.commit({ ...version('three'), Procfile: version('three').Procfile.replace('5432', '5433') })
    const { result, visits } = await callingMeanwhile(port, () => work.push(ada, 'store'))
    expect(result.status).toBe(1)
    expect(result.stderr).toContain('nothing accepted a connection on port 5432')
    expect(result.stderr).toContain('berth ports')
    expect(new Set(visits)).toEqual(new Set(['two']))
  })

  test.each(['worker', 'haproxy'] as const)('one outlives the end of %s', async (part) => {
    await killPart(platform, part)
    await expect.poll(() => saidAt(port), { timeout: 30_000 }).toBe('two')
    await untilStatus('store.localhost', 200)
  })

  test('one that is removed lets nobody in, and those who were in are out', async () => {
    const held = await callPort(port)
    expect(await berth('ports', 'remove', String(port), '--app', 'store')).toContain('leads to store no more')
    await expect.poll(() => saidAt(port)).toBeNull()
    expect(await held.echo('still there')).toBe(false)
    expect(await berth('audit', '--app', 'store')).toMatch(/ports\.remove/)
  })

  test.each([
    ['80', /not among those/],
    ['53/udp', /Only TCP/],
    ['http', /is no port/],
  ])('%s is refused with the reason', async (given, says) => {
    expect(await refused(['ports', 'add', given, '--app', 'store'])).toMatch(says)
  })
})
