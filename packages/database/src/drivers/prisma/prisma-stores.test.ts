import { expect, test } from 'vitest'
import { describeStores } from '../stores.contract.ts'
import { databaseOfTests } from './database-of-tests.ts'

const database = databaseOfTests()

describeStores(database)

const account = (email: string) => ({
  name: 'Ada',
  email,
  passwordHash: 'hash',
  team: { name: 'crew' },
  role: 'owner' as const,
})

test('of several claims with one link, one makes the first owner', async () => {
  const expiresAt = new Date(Date.now() + 60_000)
  await database().people.addLink({ hash: 'claim', purpose: 'owner', personId: null, expiresAt })
  expect(await database().people.hasOwner()).toBe(false)
  const claims = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      database().people.claimOwner('claim', account(`a${index}@example.com`)),
    ),
  )
  expect(claims.filter((person) => person !== null)).toHaveLength(1)
  expect(await database().people.hasOwner()).toBe(true)

  await database().people.addLink({ hash: 'late', purpose: 'owner', personId: null, expiresAt })
  expect(await database().people.claimOwner('late', account('late@example.com'))).toBeNull()
  expect(await database().people.personByEmail('late@example.com')).toBeNull()
})

test('a claim that fails leaves its link to be used', async () => {
  await database().prisma.membership.deleteMany({ where: { role: 'owner' } })
  const expiresAt = new Date(Date.now() + 60_000)
  await database().people.createPerson({ ...account('taken@example.com'), role: 'viewer' })
  await database().people.addLink({ hash: 'again', purpose: 'owner', personId: null, expiresAt })
  await expect(database().people.claimOwner('again', account('taken@example.com'))).rejects.toMatchObject({
    code: 'PEOPLE.EMAIL_TAKEN',
  })
  expect(await database().people.linkState('again', 'owner')).toBe('valid')
})
