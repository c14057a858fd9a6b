import { randomUUID } from 'node:crypto'
import type { ApiToken, Person, SshKey } from '@berth/domain'
import { peopleError } from '../errors.ts'
import type { NewPerson, PeopleStore } from '../stores.ts'
import type { Factors } from '../teams/team-store.ts'
import { fakeTeamStore, type SharedPeople } from './fake-team-store.ts'

type Link = Parameters<PeopleStore['addLink']>[0] & { used: boolean }

/**
 * Passwords and sessions are not kept: signing in is better-auth's, which has its own memory adapter for tests. `factors`:
 * what a test says that a person has besides a password.
 */
export type FakePeopleStore = PeopleStore & { factors: Map<string, Factors> }

export function fakePeopleStore(): FakePeopleStore {
  const shared = sharedPeople()
  return {
    ...accounts(shared),
    ...keyMethods(new Map(), shared.fingerprints),
    ...tokenMethods(new Map()),
    ...fakeTeamStore(shared),
    sessions: async () => [],
    endSession: async () => false,
    endSessions: async () => 0,
    forgetOneTimeValues: async () => undefined,
    removeSecondFactor: async (personId) => void shared.factors.delete(personId),
    factors: shared.factors,
  }
}

function sharedPeople(): SharedPeople {
  const people = new Map<string, Person>()
  return {
    ...{ people, teams: new Map(), members: [], fingerprints: new Set(), factors: new Map() },
    addPerson(name, email) {
      const known = [...people.values()].some((person) => person.email === email.toLowerCase())
      if (known) throw peopleError['PEOPLE.EMAIL_TAKEN']({ email })
      const person = { id: randomUUID(), name, email: email.toLowerCase() }
      people.set(person.id, person)
      return person
    },
  }
}

function accounts({ people, teams, members, addPerson }: SharedPeople) {
  const links = new Map<string, Link>()
  const byEmail = (email: string) =>
    [...people.values()].find((person) => person.email === email.toLowerCase()) ?? null
  const hasOwner = () => members.some(({ role }) => role === 'owner')
  const add = ({ name, email, team, role }: NewPerson) => {
    const person = addPerson(name, email)
    const teamId = 'id' in team ? team.id : randomUUID()
    if (!('id' in team)) teams.set(teamId, { id: teamId, name: team.name })
    members.push({ teamId, personId: person.id, role, since: new Date() })
    return person
  }
  const take = (hash: string, purpose: Link['purpose']) => {
    const link = links.get(hash)
    if (link === undefined || stateOf(link, purpose) !== 'valid') return null
    link.used = true
    return { personId: link.personId }
  }
  return {
    person: async (id) => people.get(id) ?? null,
    personByEmail: async (email) => byEmail(email),
    hasOwner: async () => hasOwner(),
    createPerson: async (account) => add(account),
    claimOwner: async (hash, account) => {
      if (hasOwner()) return null
      if (byEmail(account.email) !== null) throw peopleError['PEOPLE.EMAIL_TAKEN']({ email: account.email })
      return take(hash, 'owner') === null ? null : add(account)
    },
    addLink: async (link) => {
      for (const [hash, { purpose, personId, used }] of links) {
        if (purpose === link.purpose && personId === link.personId && !used) links.delete(hash)
      }
      links.set(link.hash, { ...link, used: false })
    },
    takeLink: async (hash, purpose) => take(hash, purpose),
    linkState: async (hash, purpose) => stateOf(links.get(hash), purpose),
  } satisfies Partial<PeopleStore>
}

function stateOf(link: Link | undefined, purpose: Link['purpose']) {
  if (link === undefined || link.purpose !== purpose) return 'unknown'
  if (link.used) return 'used'
  return link.expiresAt <= new Date() ? 'expired' : 'valid'
}

function keyMethods(keys: Map<string, SshKey>, fingerprints: Set<string>) {
  const all = () => [...keys.values()]
  const byFingerprint = (fingerprint: string) => all().find((key) => key.fingerprint === fingerprint) ?? null
  return {
    keys: async (personId) => all().filter((key) => key.personId === personId),
    keyByFingerprint: async (fingerprint) => byFingerprint(fingerprint),
    addKey: async (given) => {
      if (fingerprints.has(given.fingerprint)) throw peopleError['KEY.TAKEN']()
      const key = { ...given, ...unused() }
      fingerprints.add(key.fingerprint)
      keys.set(key.id, key)
      return key
    },
    removeKey: async (personId, id) => {
      const key = keys.get(id)
      if (key?.personId !== personId) return false
      fingerprints.delete(key.fingerprint)
      return keys.delete(id)
    },
    touchKey: async (id) => touch(keys, id),
  } satisfies Partial<PeopleStore>
}

type StoredToken = ApiToken & { hash: string }

function tokenMethods(tokens: Map<string, StoredToken>) {
  const shown = ({ hash: _, ...token }: StoredToken): ApiToken => token
  const all = () => [...tokens.values()]
  return {
    tokens: async (personId) =>
      all()
        .filter((token) => token.personId === personId)
        .map(shown),
    tokenByHash: async (hash) =>
      all()
        .filter((token) => token.hash === hash)
        .map(shown)[0] ?? null,
    addToken: async (given) => {
      const token = { ...given, ...unused() }
      tokens.set(token.id, token)
      return shown(token)
    },
    removeToken: async (personId, id) => tokens.get(id)?.personId === personId && tokens.delete(id),
    touchToken: async (id) => touch(tokens, id),
  } satisfies Partial<PeopleStore>
}

function unused() {
  return { id: randomUUID() as string, createdAt: new Date(), lastUsedAt: null as Date | null }
}

function touch(rows: Map<string, { lastUsedAt: Date | null }>, id: string): void {
  const row = rows.get(id)
  if (row !== undefined) row.lastUsedAt = new Date()
}
