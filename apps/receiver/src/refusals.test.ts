import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { localRunner } from '@berth/command'
import { places } from '@berth/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushPacket, pktLine } from './pkt-line.ts'
import { type House, openHouse } from './tests/open-house.ts'
import type { Pusher } from './tests/pusher.ts'

/** What must not work, each with a clear message and nothing changed. */
let house: House
let ada: Pusher
beforeAll(async () => {
  house = await openHouse({ maxPushBytes: 1024 * 1024 })
  ada = await house.pusher('ada')
})
afterAll(async () => {
  await house.close()
  expect(house.log).toEqual([])
})

/** Which of git's two outputs comes first is chance. */
const linesOf = (text: string) => text.split('\n').sort()
const appNames = async () => (await house.stores.apps.all()).map(({ name }) => name)

describe('a person', () => {
  test('with a stranger’s key is told so', async () => {
    const eve = await house.pusher('eve', 'stranger')
    const pushed = await eve.push('strange')
    expect(pushed.status).toBe(128)
    expect(pushed.stderr).toContain('None of the SSH keys that were offered belongs to an account here.')
    expect(pushed.stderr).toContain('Permission denied')
    expect(await appNames()).not.toContain('strange')
  })

  test('of another team gets the answer of an app that is not there', async () => {
    await ada.push('hers')
    const bob = await house.pusher('bob', { team: 'Other', role: 'owner' })
    const pushed = await bob.push('hers')
    expect(pushed.status).toBe(128)
    expect(pushed.stderr).toContain(' !     There is no app "hers" that you may reach.')
    const cloned = await bob.git('clone', bob.url('hers'), '../stolen')
    expect(cloned.stderr).toContain('There is no app "hers" that you may reach.')
    const missing = await bob.git('clone', bob.url('nobodys'), '../missing')
    const asHers = missing.stderr.replaceAll('nobodys', 'hers').replaceAll('missing', 'stolen')
    expect(linesOf(asHers)).toEqual(linesOf(cloned.stderr))
  })

  test('who may look but not deploy is told whom to ask', async () => {
    await ada.push('looked-at')
    const vera = await house.pusher('vera', { role: 'viewer' })
    expect((await vera.push('looked-at')).stderr).toContain(
      'Your role lets you look at "looked-at", not deploy it.',
    )
    expect((await vera.push('new-one')).stderr).toContain('There is no app "new-one" that you may reach.')
    expect((await vera.git('clone', vera.url('looked-at'), '../cloned')).status).toBe(0)
    expect(await appNames()).not.toContain('new-one')
  })
})

describe('a line over ssh', () => {
  test.each([
    [],
    ['ls', '-la'],
    ['git-receive-pack'],
    ["git-receive-pack 'a'; reboot"],
    ['git-upload-archive', "'shop.git'"],
    ['scp', '-t', '/tmp'],
  ])('%j finds no shell', async (...words) => {
    const { status, stderr } = await ada.ssh(...words)
    expect(status).toBe(1)
    expect(stderr).toMatch(/there is no shell|is not a valid app name/)
  })

  test.each([
    "'../../etc/passwd'",
    "'--upload-pack=touch /tmp/pwned'",
    "''",
    "'/'",
    "'a\nb'",
    `'${'a'.repeat(300)}.git'`,
    "'Shop.git'",
    "'a'\\''b'",
    "'berth'",
    '$(reboot)',
  ])('git-receive-pack %s names no app', async (name) => {
    const before = await appNames()
    const { status, stderr, stdout } = await ada.ssh(`git-receive-pack ${name}`)
    expect(status).toBe(1)
    expect(stderr).toMatch(/ ! {5}.*(is not a valid app name|is kept for Berth)/)
    expect(stdout).toMatch(/^[0-9a-f]{4}ERR NAME\.(INVALID|RESERVED)$/)
    expect(await appNames()).toEqual(before)
  })

  test('a NUL in a name is refused by the name’s rule', async () => {
    const { stderr } = await ada.git('push', 'ssh://git@berth/a%00b.git', 'main')
    expect(stderr).toMatch(/not a valid app name|NUL|forbidden/i)
  })

  test('sftp and forwarding are not there', async () => {
    expect((await ada.ssh('-s', 'sftp')).status).not.toBe(0)
    expect((await ada.ssh('-W', 'localhost:22')).status).not.toBe(0)
  })
})

test('a ref with a name that is none is refused', async () => {
  const none = '0'.repeat(40)
  const input = `${pktLine(`${none} ${none} HEAD\0report-status side-band-64k`)}${flushPacket}`
  const { stdout } = await localRunner.run(
    { argv: ['ssh', '-F', ada.sshConfig, 'berth', "git-receive-pack 'funny'"], cwd: ada.copy },
    { input },
  )
  expect(stdout).toContain('names no branch or tag')
  expect(stdout).toContain('ng HEAD')
})

describe('a pack', () => {
  test('that is too large is refused, and nothing of it is kept', async () => {
    await writeFile(`${ada.copy}/large`, randomBytes(1_500_000))
    await ada.commit()
    const pushed = await ada.push('large')
    expect(pushed.status).toBe(1)
    expect(pushed.stderr).toMatch(/maximum allowed size|unpack/)
    const app = await house.stores.apps.byName('large' as never)
    const objects = await readdir(`${places(house.settings).repositories}/${app?.id}.git/objects`)
    expect(objects.sort()).toEqual(['info', 'pack'])
    await ada.git('rm', '--quiet', 'large')
    await ada.git('commit', '--quiet', '--amend', '--message', 'without')
  })

  test('with a name that leads out of the tree is refused by fsck', async () => {
    const blob = (await ada.git('rev-parse', 'HEAD:Dockerfile')).stdout.trim()
    await writeFile(`${ada.copy}/evil`, Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')]))
    const hash = ['hash-object', '-t', 'tree', '-w', '--literally', 'evil']
    const tree = (await ada.git(...hash)).stdout.trim()
    const commit = (await ada.git('commit-tree', '-m', 'evil', tree)).stdout.trim()
    const pushed = await ada.push('evil', `${commit}:refs/heads/main`)
    expect(pushed.status).toBe(1)
    expect(pushed.stderr).toContain('hasDotdot')
  })
})
