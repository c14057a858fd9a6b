import { appendFileSync, chmodSync, chownSync, linkSync, mkdirSync, unlinkSync, utimesSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectNothingTold } from './attack.ts'
import { type AttackSite, openAttackSite } from './attack-site.ts'
import { tracesOf } from './traces.ts'

/** The attacks' own alarm: what it does not notice would pass for contained. */
let site: AttackSite

beforeAll(async () => {
  site = await openAttackSite()
})
afterAll(async () => {
  await site.close()
})

test.each<[string, (directory: string) => unknown]>([
  ['a file written to', (at) => appendFileSync(`${at}/secret`, 'x')],
  ['another mode', (at) => chmodSync(`${at}/kept`, 0o777)],
  ['another owner', (at) => chownSync(`${at}/kept/deep/file`, 1000, 1000)],
  ['a hard link from elsewhere', (at) => linkSync(`${at}/secret`, `${at}-hard`)],
  ['a time put back', (at) => utimesSync(`${at}/secret`, 1, 1)],
  ['something new', (at) => mkdirSync(`${at}/kept/deep/new`)],
  ['something gone', (at) => unlinkSync(`${at}/link`)],
  ['a call at its socket', (at) => called(`${at}/socket`)],
])('the canary shows %s', async (_what, change) => {
  const before = site.canary.state()
  expect(site.canary.state()).toBe(before)
  await change(site.canary.directory)
  await expect.poll(() => site.canary.state()).not.toBe(before)
  if (_what.includes('hard link')) unlinkSync(`${site.canary.directory}-hard`)
})

async function called(path: string): Promise<void> {
  const socket = connect(path).resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

test('what a container prints of a secret is heard', async () => {
  await site.run(`echo before ${site.secrets[1]} after`)
  expect(() => expectNothingTold(site)).toThrow()
})

test('a container leaves traces as long as it is there', async () => {
  const before = tracesOf(site.home)
  const { id } = await site.start('echo up; sleep 60', { network: 'bridge' })
  const during = tracesOf(site.home).filter((trace) => !before.includes(trace))
  expect(during).toContainEqual(expect.stringMatching(/^process .*sleep 60/))
  expect(during).toContainEqual(expect.stringMatching(/^v/))
  expect(during).toContainEqual(expect.stringMatching(/^\/sys\/fs\/cgroup/))
  expect(during).toContainEqual(expect.stringContaining(site.home.home))
  await site.engine.containers.remove(id)
  await expect.poll(() => tracesOf(site.home)).toEqual(before)
})
