import { describe, expect, test } from 'vitest'
import { fakeRegistryCredentialStore } from '../drivers/fake-registry-credential-store.ts'
import { openSealing } from '../sealing/seal-values.ts'
import { parseRegistryHost } from './parse-registry-host.ts'
import { openRegistryCredentials } from './registry-credentials.ts'

function opened(secret = 'key') {
  const store = fakeRegistryCredentialStore()
  return { store, credentials: openRegistryCredentials({ store, sealing: openSealing(secret) }) }
}
const account = { host: 'GHCR.io', username: 'ann', password: 'pass word' }

test('a build gets what was set; a list and the store hold nothing of the password', async () => {
  const { store, credentials } = opened()
  expect(await credentials.set('one', account, 'me')).toBe('ghcr.io')
  expect(await credentials.accounts('one')).toEqual([{ ...account, host: 'ghcr.io' }])
  expect(await credentials.accounts('two')).toEqual([])
  expect(await credentials.list('one')).toEqual([
    { teamId: 'one', host: 'ghcr.io', username: 'ann', createdAt: expect.any(Date), createdById: 'me' },
  ])
  const [row] = await store.list('one')
  expect(Buffer.from(row?.sealed ?? []).includes('pass')).toBe(false)
})

test('what is moved to another team or registry is not opened there', async () => {
  const { store, credentials } = opened()
  await credentials.set('one', account, 'me')
  const [row] = await store.list('one')
  if (row === undefined) throw new Error('nothing was kept')
  await store.set({ ...row, teamId: 'two' })
  await expect(credentials.accounts('two')).rejects.toMatchObject({ code: 'SECRET.UNREADABLE' })
  await store.set({ ...row, teamId: 'three', host: 'evil.example' })
  await expect(credentials.accounts('three')).rejects.toMatchObject({ code: 'SECRET.UNREADABLE' })
})

test('one is replaced, and removed once', async () => {
  const { credentials } = opened()
  await credentials.set('one', account, 'me')
  await credentials.set('one', { ...account, password: 'newer' }, 'me')
  expect(await credentials.accounts('one')).toMatchObject([{ password: 'newer' }])
  expect(await credentials.remove('one', 'ghcr.io')).toBe('ghcr.io')
  await expect(credentials.remove('one', 'ghcr.io')).rejects.toMatchObject({
    code: 'REGISTRY_ACCOUNT.NOT_FOUND',
  })
})

test('a team has room for fifty, and may still change each', async () => {
  const { credentials } = opened()
  for (let index = 0; index < 50; index += 1)
    await credentials.set('one', { ...account, host: `r${index}.example` }, 'me')
  await credentials.set('one', { ...account, host: 'r1.example' }, 'me')
  await expect(credentials.set('one', account, 'me')).rejects.toMatchObject({
    code: 'REGISTRY_ACCOUNT.TOO_MANY',
  })
})

test.each([
  { username: '' },
  { username: 'a:b' },
  { username: 'a\nb' },
  { username: 'x'.repeat(257) },
  { password: '' },
  { password: 'x'.repeat(8_193) },
])('refused, without repeating a value: %#', async (wrong) => {
  const { credentials } = opened()
  await expect(credentials.set('one', { ...account, ...wrong }, 'me')).rejects.toMatchObject({
    code: 'REGISTRY_ACCOUNT.INVALID',
    message: expect.not.stringContaining('xxxx'),
  })
})

describe('a registry is named as images name it:', () => {
  test.each([
    ['ghcr.io', 'ghcr.io'],
    ['Registry.Example.com:5000', 'registry.example.com:5000'],
    ['index.docker.io', 'docker.io'],
    ['registry-1.docker.io', 'docker.io'],
    ['localhost', 'localhost'],
    ['[::1]:5000', '[::1]:5000'],
  ])('%s', (given, host) => expect(parseRegistryHost(given)).toBe(host))

  test.each([
    '',
    'registry',
    'https://ghcr.io',
    'ghcr.io/acme',
    'a..b',
    '-a.b',
    'host:0',
    'host:65536',
    'host:',
    'a b.c',
    'a.b\n',
    `${'a'.repeat(64)}.b`,
    `${'a.'.repeat(200)}b`,
    'user@host.example',
  ])('not %j', (given) =>
    expect(() => parseRegistryHost(given)).toThrow(
      expect.objectContaining({ code: 'REGISTRY_ACCOUNT.INVALID' }),
    ),
  )
})
