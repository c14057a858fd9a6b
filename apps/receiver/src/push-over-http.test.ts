import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type House, openHouse } from './tests/open-house.ts'
import type { Pusher } from './tests/pusher.ts'

let house: House
let ada: Pusher
beforeEach(async () => {
  house = await openHouse()
  ada = await house.pusher('ada')
})
afterEach(async () => {
  await house.close()
  expect(house.log).toEqual([])
})

const base = () => `http://127.0.0.1:${house.receiver.httpPort}/git`
const url = (app: string, token = ada.token) =>
  `http://anything:${token}@127.0.0.1:${house.receiver.httpPort}/git/${app}.git`
const headers = () => ({ authorization: `Basic ${Buffer.from(`x:${ada.token}`).toString('base64')}` })

test('a push and a clone with a token work as over ssh', async () => {
  const pushed = await ada.git('push', url('shop'), 'main')
  expect(pushed.stderr).toContain('remote: -----> Created the app shop in the team Acme.')
  expect(pushed.stderr).toMatch(/remote: =====> Deployed shop v1 in/)
  expect(pushed.status, pushed.stderr).toBe(0)
  expect((await ada.git('clone', '--quiet', url('shop'), '../cloned')).status).toBe(0)
  await ada.commit()
  expect((await ada.git('push', url('shop'), 'main')).status).toBe(0)
})

test('a large push, which git sends in chunks after a probe, works too', async () => {
  await writeFile(`${ada.copy}/large`, randomBytes(3_000_000))
  await ada.commit()
  const pushed = await ada.git('-c', 'http.postBuffer=65536', 'push', url('shop'), 'main')
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(pushed.stderr).toContain('Created the app shop')
})

test('a refused push ends with 1 and the cause', async () => {
  house.worker.whenBuilding = (job) =>
    house.worker.fail(job, { code: 'BUILD.NO_DOCKERFILE', message: 'No Dockerfile.', hint: 'Add one.' })
  const pushed = await ada.git('push', url('shop'), 'main')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toContain('remote:  !     No Dockerfile.')
})

test('looking at an app that is not there does not create it', async () => {
  await ada.git('ls-remote', url('shop'))
  await ada.git('push', '--dry-run', url('shop'), 'main')
  await fetch(`${base()}/shop.git/git-receive-pack`, { method: 'POST', body: '0000', headers: headers() })
  expect(await house.stores.apps.all()).toEqual([])
})

test('a token that is wrong is refused, and guessing ends', async () => {
  const pushed = await ada.git('push', url('shop', 'berth_wrong'), 'main')
  expect(pushed.status).toBe(128)
  expect(pushed.stderr).toContain('Authentication failed')
  expect(pushed.stderr).toContain('this one is not valid')
  const guess = async () =>
    (
      await fetch(`${base()}/shop.git/info/refs?service=git-receive-pack`, {
        headers: { authorization: `Basic ${Buffer.from('x:berth_no').toString('base64')}` },
      })
    ).status
  const answers: number[] = []
  for (let n = 0; n < 12; n++) answers.push(await guess())
  expect(answers[0]).toBe(401)
  expect(answers.at(-1)).toBe(429)
})

test.each([
  ['GET', '/shop.git/HEAD', 404],
  ['GET', '/shop.git/info/refs', 404],
  ['GET', '/shop.git/info/refs?service=git-upload-archive', 404],
  ['POST', '/../shop.git/git-receive-pack', 404],
  ['GET', '/a%2f..%2fb.git/info/refs?service=git-upload-pack', 404],
  ['GET', '/a%00b.git/info/refs?service=git-receive-pack', 404],
  ['GET', `/${'a'.repeat(300)}.git/info/refs?service=git-receive-pack`, 404],
  ['GET', '/--upload-pack=x.git/info/refs?service=git-receive-pack', 404],
  ['GET', '/nobodys.git/info/refs?service=git-upload-pack', 404],
])('%s %s is answered with %i', async (method, path, status) => {
  const answer = await fetch(`${base()}${path}`, { method, headers: headers() })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/plain; charset=utf-8'])
  expect(await house.stores.apps.all()).toEqual([])
})

test('without a token it asks for one', async () => {
  const answer = await fetch(`${base()}/shop.git/info/refs?service=git-receive-pack`)
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    401,
    'Basic realm="Berth", charset="UTF-8"',
  ])
})

test.each([
  ['is packed with gzip', gzipSync(Buffer.from('0000')), 200],
  ['only says it is packed', Buffer.from('not gzip at all'), 200],
])('a body that %s ends by itself', async (_what, body, status) => {
  await ada.git('push', url('shop'), 'main')
  const answer = await fetch(`${base()}/shop.git/git-upload-pack`, {
    method: 'POST',
    body,
    headers: { ...headers(), 'content-encoding': 'gzip', 'git-protocol': 'version=2' },
  })
  expect(answer.status).toBe(status)
  await answer.arrayBuffer()
})

test('breaking a push off cancels its build', async () => {
  let buildId = ''
  house.worker.whenBuilding = async (job) => {
    buildId = job.buildId
  }
  const pushing = ada.start('push', url('shop'), 'main')
  await expect.poll(() => buildId).not.toBe('')
  pushing.killAll('SIGKILL')
  await expect.poll(() => house.live.cancelled).toEqual([buildId])
})
