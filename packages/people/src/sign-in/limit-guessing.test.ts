import { expect, test } from 'vitest'
import { fakeAttemptStore } from '../drivers/fake-attempt-store.ts'
import { fakePeopleStore } from '../drivers/fake-people-store.ts'
import { networkOf } from './address-of.ts'
import { type Guesser, limitGuessing } from './limit-guessing.ts'

async function house() {
  const clock = { now: Date.now() }
  const people = fakePeopleStore()
  const account = { name: 'Ada', email: 'ada@example.com', passwordHash: null, team: { name: 'crew' } }
  await people.createPerson({ ...account, role: 'owner' })
  const limit = limitGuessing(fakeAttemptStore(clock), people)
  const wait = async (guesser: Guesser) => {
    try {
      await limit.password(guesser)
      return 0
    } catch (error) {
      return Number(/in (\d+) s/.exec((error as Error).message)?.[1])
    }
  }
  return { clock, people, limit, wait }
}

const ada = (address: string) => ({ account: 'ada@example.com', address })

test('an account from one address has ten tries, then waits that grow to a quarter of an hour', async () => {
  const { clock, wait } = await house()
  for (let count = 0; count < 10; count++) expect(await wait(ada('203.0.113.1'))).toBe(0)
  const waits = []
  for (let count = 0; count < 14; count++) {
    const seconds = await wait(ada('203.0.113.1'))
    waits.push(seconds)
    clock.now += seconds * 1_000
    expect(await wait(ada('203.0.113.1'))).toBe(0)
  }
  expect(waits.slice(0, 5)).toEqual([1, 2, 4, 8, 16])
  expect(waits.at(-1)).toBe(900)
})

test('who guesses at an account from everywhere delays its owner by half a minute at most', async () => {
  const { clock, wait, people } = await house()
  let longest = 0
  for (let count = 0; count < 400; count++) {
    const seconds = await wait(ada(`198.51.100.${count % 250}`))
    longest = Math.max(longest, seconds)
    clock.now += seconds * 1_000
  }
  expect(longest).toBeGreaterThan(0)
  expect(longest).toBeLessThanOrEqual(30)

  const session = {
    id: 's',
    createdAt: new Date(),
    lastUsedAt: new Date(),
    userAgent: null,
    method: 'password',
  }
  people.sessions = async () => [{ ...session, address: '192.0.2.1' }]
  expect(await wait(ada('192.0.2.1'))).toBe(0)
})

test('one address tries no more than fifty accounts, whatever it calls itself within its network', async () => {
  const { wait } = await house()
  const waits = []
  for (let count = 0; count < 52; count++)
    waits.push(
      await wait({ account: `a${count}@example.com`, address: `2001:db8:1:2::${count.toString(16)}` }),
    )
  expect(waits.slice(0, 50).every((seconds) => seconds === 0)).toBe(true)
  expect(waits.slice(50).every((seconds) => seconds > 0)).toBe(true)
})

test('the right password forgets the wrong ones', async () => {
  const { limit, wait } = await house()
  for (let count = 0; count < 10; count++) await wait(ada('203.0.113.1'))
  await limit.rightPassword(ada('203.0.113.1'))
  expect(await wait(ada('203.0.113.1'))).toBe(0)
})

test('mails are asked for three times an account', async () => {
  const { limit } = await house()
  for (let count = 0; count < 3; count++) await limit.mail(ada(`203.0.113.${count}`))
  await expect(limit.mail(ada('203.0.113.9'))).rejects.toMatchObject({ code: 'PEOPLE.TOO_MANY_ATTEMPTS' })
})

test.each([
  ['203.0.113.1', '203.0.113.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::ffff:203.0.113.1', '::ffff:203.0.113.1'],
])('%s guesses as %s', (address, network) => expect(networkOf(address)).toBe(network))
