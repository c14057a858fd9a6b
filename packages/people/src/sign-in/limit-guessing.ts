import { createHash } from 'node:crypto'
import { peopleError } from '../errors.ts'
import type { PeopleStore } from '../stores.ts'
import { networkOf } from './address-of.ts'
import type { AttemptRule, AttemptStore } from './attempt-store.ts'

/**
 * Guessing is slowed down, and nobody is locked out by it. What is counted: an account from one address, an address, and an
 * account from anywhere, which is what many machines together meet. Each has some attempts free, and then delays that grow.
 * An attempt is counted before it is looked at, so that a thousand at once are a thousand; success forgets.
 *
 * Whoever guesses at somebody else's account delays its owner by 30 s at most, and not at all at an address where the owner
 * has a session; passkeys, sign-on and links made at the machine are not delayed.
 */
const minute = 60_000
const hour = 60 * minute
const byBoth: AttemptRule = { free: 10, longestMs: 15 * minute, forgetMs: hour }
const byAddress: AttemptRule = { free: 50, longestMs: 15 * minute, forgetMs: hour }
const byAccount: AttemptRule = { free: 100, longestMs: minute / 2, forgetMs: hour }
const mailTo: AttemptRule = { free: 3, longestMs: 15 * minute, forgetMs: hour }
const mailFrom: AttemptRule = { free: 20, longestMs: 15 * minute, forgetMs: hour }

export type Guesser = { account: string; address: string }

type Known = Pick<PeopleStore, 'personByEmail' | 'sessions'>

export type GuessLimit = {
  /** @throws PEOPLE.TOO_MANY_ATTEMPTS */
  password(guesser: Guesser): Promise<void>
  rightPassword(guesser: Guesser): Promise<void>
  /** A mail is asked for. @throws PEOPLE.TOO_MANY_ATTEMPTS */
  mail(guesser: Guesser): Promise<void>
}

export function limitGuessing(attempts: AttemptStore, people: Known): GuessLimit {
  return {
    async password(guesser) {
      const { both, address, account } = keysOf('password', guesser)
      await take(attempts, both, byBoth)
      await take(attempts, address, byAddress)
      if (await isFamiliar(people, guesser)) return
      await take(attempts, account, byAccount)
    },
    async rightPassword(guesser) {
      const { both, address, account } = keysOf('password', guesser)
      // Not all of the address: who guesses may have an account of their own there, and sign in now and then.
      await Promise.all([attempts.forget([both, account]), attempts.giveBack(address)])
    },
    async mail(guesser) {
      const { address, account } = keysOf('mail', guesser)
      await take(attempts, address, mailFrom)
      await take(attempts, account, mailTo)
    },
  }
}

async function take(attempts: AttemptStore, key: string, rule: AttemptRule): Promise<void> {
  const waitMs = await attempts.take(key, rule)
  if (waitMs > 0)
    throw peopleError['PEOPLE.TOO_MANY_ATTEMPTS']({ retryAfterSeconds: Math.ceil(waitMs / 1_000) })
}

/** A session that was begun there and still counts. */
async function isFamiliar(people: Known, { account, address }: Guesser): Promise<boolean> {
  const person = await people.personByEmail(account)
  const sessions = person === null ? [] : await people.sessions(person.id)
  return sessions.some((session) => session.address === address)
}

/** Hashes: the table tells nobody who tried what. */
function keysOf(kind: string, { account, address }: Guesser) {
  const network = networkOf(address)
  const key = (...parts: string[]) =>
    createHash('sha256')
      .update(JSON.stringify([kind, ...parts]))
      .digest('hex')
  return {
    both: key('both', account, network),
    address: key('address', network),
    account: key('account', account),
  }
}
