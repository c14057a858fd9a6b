import { localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { openVersions, versionIn } from './read-versions.ts'

test.each([
  ['HAProxy version 2.6.12-1+deb12u1 2023/12/16 - https://haproxy.org/', '2.6.12-1+deb12u1'],
  ['runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1\nspec: 1.0.2-dev', '1.1.5+ds1'],
  ['git version 2.39.2', '2.39.2'],
  ['nftables v1.0.6 (Lester Gooch #5)', '1.0.6'],
  ['6.1.0-18-amd64', '6.1.0-18-amd64'],
  ['v24.1.0', '24.1.0'],
  ['18.1 (Debian 18.1-1)', '18.1'],
  ['no such thing', null],
])('of %j the version is %s', (text, version) => {
  expect(versionIn(text)).toBe(version)
})

test('a database that does not say its version keeps no other from being known', async () => {
  const serverVersion = () => Promise.reject(new Error('away'))
  const versions = await openVersions({ commands: localRunner, serverVersion })()
  expect(versions).toContainEqual({ name: 'PostgreSQL', version: null })
  expect(versions.find(({ name }) => name === 'Node.js')?.version).toBe(process.versions.node)
})
