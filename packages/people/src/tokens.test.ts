import { expect, test } from 'vitest'
import { fakePeopleStore } from './drivers/fake-people-store.ts'
import { openKeys } from './keys/keys.ts'
import { openTokens } from './tokens.ts'

async function ada() {
  const people = fakePeopleStore()
  const account = { name: 'Ada', email: 'ada@example.com', passwordHash: null, team: { name: 'crew' } }
  const person = await people.createPerson({ ...account, role: 'owner' })
  return { person, tokens: openTokens(people), keys: openKeys(people) }
}

test('a token stands for its person until it is revoked', async () => {
  const { person, tokens } = await ada()
  const { token, secret } = await tokens.create(person.id, { name: 'ci', expiresAt: null })
  expect(secret).toMatch(/^berth_[\w-]{43}$/)
  expect(secret.startsWith(token.prefix)).toBe(true)
  expect(await tokens.byToken(secret)).toMatchObject({ person, token: { id: token.id, scope: 'admin' } })
  expect((await tokens.list(person.id))[0]?.lastUsedAt).toBeInstanceOf(Date)

  expect(await tokens.revoke('somebody else', token.id)).toBe(false)
  expect(await tokens.revoke(person.id, token.id)).toBe(true)
  expect(await tokens.byToken(secret)).toBeNull()
})

test('an expired token is nobody’s', async () => {
  const { person, tokens } = await ada()
  const { secret } = await tokens.create(person.id, { name: 'ci', expiresAt: new Date(Date.now() - 1) })
  expect(await tokens.byToken(secret)).toBeNull()
})

test.each(['', 'berth_', 'berth_short', `berth_${'A'.repeat(43)}`, `x${'A'.repeat(100_000)}`])(
  'a text that is no token is nobody’s (%#)',
  async (text) => {
    const { tokens } = await ada()
    expect(await tokens.byToken(text)).toBeNull()
  },
)

test('a token without a name is refused, and a name is one line', async () => {
  const { person, tokens } = await ada()
  await expect(tokens.create(person.id, { name: ' \n ', expiresAt: null })).rejects.toMatchObject({
    code: 'PEOPLE.INVALID',
  })
  const { token } = await tokens.create(person.id, { name: 'a\u001b[31m\nb', expiresAt: null })
  expect(token.name).toBe('a [31m b')
})

test('a key stands for its person, and takes its name from its comment', async () => {
  const { person, keys } = await ada()
  const blob = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, 7),
  ])
  const line = `ssh-ed25519 ${blob.toString('base64')}`
  const key = await keys.add(person.id, { name: '', line: `${line} ada@laptop` })
  expect(key).toMatchObject({ name: 'ada@laptop', publicKey: line })
  expect(await keys.personByKey(line)).toMatchObject({ person, key: { id: key.id } })
  await expect(keys.add(person.id, { name: 'again', line })).rejects.toMatchObject({ code: 'KEY.TAKEN' })
  expect(await keys.remove(person.id, key.id)).toBe(true)
  expect(await keys.personByKey(line)).toBeNull()
})
