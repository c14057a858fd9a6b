import type { ApiToken, Person } from '@berth/domain'
import { peopleError } from './errors.ts'
import type { Scope } from './may.ts'
import { oneLine } from './one-line.ts'
import { randomToken, tokenHash } from './random-token.ts'
import type { PeopleStore } from './stores.ts'

/** API tokens: `berth_` and 256 random bits. Shown once, kept as a hash; the prefix lets scanners find leaked ones. */
export type Tokens = {
  list(personId: string): Promise<ApiToken[]>
  /** `secret` is the token itself: this is the only time that anyone sees it. @throws PEOPLE.INVALID */
  create(personId: string, token: NewToken): Promise<{ token: ApiToken; secret: string }>
  /** False: this person has no such token. */
  revoke(personId: string, id: string): Promise<boolean>
  /** Null where there is none, or it has expired. The use is noted. */
  byToken(secret: string): Promise<{ person: Person; token: ApiToken } | null>
}

/** Without a scope it may what its person may. */
export type NewToken = { name: string; expiresAt: Date | null } & Partial<Scope>

const form = /^berth_[A-Za-z0-9_-]{43}$/
const shownCharacters = 'berth_'.length + 4

export function openTokens(people: PeopleStore): Tokens {
  return {
    list: (personId) => people.tokens(personId),
    async create(personId, { name, expiresAt, scope = 'admin', teamId = null, appId = null }) {
      const label = oneLine(name)
      if (label === '')
        throw peopleError['PEOPLE.INVALID']({ what: 'name', expected: 'at least one character' })
      const secret = `berth_${randomToken()}`
      const prefix = secret.slice(0, shownCharacters)
      const token = await people.addToken({
        personId,
        name: label,
        prefix,
        ...{ expiresAt, scope, teamId, appId },
        hash: tokenHash(secret),
      })
      return { token, secret }
    },
    revoke: (personId, id) => people.removeToken(personId, id),
    async byToken(secret) {
      if (!form.test(secret)) return null
      const token = await people.tokenByHash(tokenHash(secret))
      if (token === null || (token.expiresAt !== null && token.expiresAt <= new Date())) return null
      await people.touchToken(token.id)
      const person = await people.person(token.personId)
      return person === null ? null : { person, token }
    },
  }
}
