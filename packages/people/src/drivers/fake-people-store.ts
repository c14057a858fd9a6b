import { randomUUID } from 'node:crypto'
import type { ApiToken, Person, SshKey, Team } from '@berth/domain'
import { peopleError } from '../errors.ts'
import type { SessionRecord } from '../sessions/session-store.ts'
import type { NewPerson, PeopleStore } from '../stores.ts'
import type { Factors } from '../teams/team-store.ts'
import { fakeTeamStore, type SharedPeople } from './fake-team-store.ts'

type Link = Parameters<PeopleStore['addLink']>[0] & { used: boolean }

/**
 * Passwords are not kept: signing in is better-auth's, which has its own memory adapter for tests. `factors`: what a test says
 * that a person has besides a password; `signedIn`: which sessions.
 */
export type FakePeopleStore = PeopleStore & {
  factors: Map<string, Factors>
  signedIn: Map<string, SessionRecord[]>
}

export function fakePeopleStore(): FakePeopleStore {
  const shared = sharedPeople()
  const signedIn = new Map<string, SessionRecord[]>()
  const [keys, tokens] = [new Map<string, SshKey>(), new Map<string, StoredToken>()]
  return {
    ...accounts(shared),
    ...keyMethods(keys, shared.fingerprints),
    ...tokenMethods(tokens),
    ...fakeTeamStore(shared),
    removePerson: async (id) => {
      const last = lastOwnedBy(shared, id)
      if (last.length === 0) removePerson(shared, { keys, tokens }, id)
      return last
    },
    ...sessionMethods(signedIn),
    waysIn: async (personId) => {
      const { code = false, providerIds = [] } = shared.factors.get(personId) ?? {}
      return { password: false, authenticator: code, passkeys: [], providerIds }
    },
    forgetOneTimeValues: async () => undefined,
    removeSecondFactor: async (personId) => void shared.factors.delete(personId),
    factors: shared.factors,
    signedIn,
  }
}

function sessionMethods(signedIn: Map<string, SessionRecord[]>) {
  const keep = (personId: string, isKept: (session: SessionRecord) => boolean) => {
    const before = signedIn.get(personId) ?? []
    const kept = before.filter(isKept)
    signedIn.set(personId, kept)
    return before.length - kept.length
  }
  return {
    sessions: async (personId) => signedIn.get(personId) ?? [],
    endSession: async (personId, id) => keep(personId, (session) => session.id !== id) > 0,
    endSessions: async (personId, except) => keep(personId, (session) => session.id === except),
  } satisfies Partial<PeopleStore>
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
    renamePerson: async (id, name) => {
      const person = people.get(id)
      if (person !== undefined) people.set(id, { ...person, name })
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

function lastOwnedBy({ teams, members }: SharedPeople, id: string): Team[] {
  const owners = members.filter(({ role }) => role === 'owner')
  const isLast = (teamId: string) => owners.filter((one) => one.teamId === teamId).length === 1
  const last = owners.filter(({ personId, teamId }) => personId === id && isLast(teamId))
  return last.map(({ teamId }) => teams.get(teamId) as Team)
}

type Held = { keys: Map<string, SshKey>; tokens: Map<string, StoredToken> }

function removePerson({ people, members, fingerprints }: SharedPeople, { keys, tokens }: Held, id: string) {
  const staying = members.filter(({ personId }) => personId !== id)
  members.splice(0, members.length, ...staying)
  for (const token of tokens.values()) if (token.personId === id) tokens.delete(token.id)
  for (const key of keys.values()) {
    if (key.personId !== id) continue
    keys.delete(key.id)
    fingerprints.delete(key.fingerprint)
  }
  people.delete(id)
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
