import { randomUUID } from 'node:crypto'
import type { ApiToken, Member, Person, SshKey, Team } from '@berth/domain'
import { peopleError } from '../errors.ts'
import type { NewPerson, PeopleStore } from '../stores.ts'

type Link = Parameters<PeopleStore['addLink']>[0] & { used: boolean }

/** Passwords are not kept: signing in with one is better-auth's, which has its own memory adapter for tests. */
export function fakePeopleStore(): PeopleStore {
  const people = new Map<string, Person>()
  const teams = new Map<string, Team>()
  const members: Member[] = []
  return {
    ...accounts({ people, teams, members }),
    ...keyMethods(new Map()),
    ...tokenMethods(new Map()),
    teams: async () => [...teams.values()],
    team: async (id) => teams.get(id) ?? null,
    createTeam: async (name) => addTeam(teams, name),
    memberships: async (personId) => members.filter((member) => member.personId === personId),
    setMember: async (teamId, personId, role) => {
      const member = members.find((one) => one.teamId === teamId && one.personId === personId)
      if (member === undefined) members.push({ teamId, personId, role })
      else member.role = role
    },
  }
}

function addTeam(teams: Map<string, Team>, name: string): Team {
  const team = { id: randomUUID(), name }
  teams.set(team.id, team)
  return team
}

function accounts({
  people,
  teams,
  members,
}: {
  people: Map<string, Person>
  teams: Map<string, Team>
  members: Member[]
}) {
  const links = new Map<string, Link>()
  const byEmail = (email: string) =>
    [...people.values()].find((person) => person.email === email.toLowerCase()) ?? null
  const hasOwner = () => members.some(({ role }) => role === 'owner')
  const add = ({ name, email, team, role }: NewPerson) => {
    if (byEmail(email) !== null) throw peopleError['PEOPLE.EMAIL_TAKEN']({ email })
    const person = { id: randomUUID(), name, email: email.toLowerCase() }
    people.set(person.id, person)
    const teamId = 'id' in team ? team.id : addTeam(teams, team.name).id
    members.push({ teamId, personId: person.id, role })
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

function keyMethods(keys: Map<string, SshKey>) {
  const all = () => [...keys.values()]
  const byFingerprint = (fingerprint: string) => all().find((key) => key.fingerprint === fingerprint) ?? null
  return {
    keys: async (personId) => all().filter((key) => key.personId === personId),
    keyByFingerprint: async (fingerprint) => byFingerprint(fingerprint),
    addKey: async (given) => {
      if (byFingerprint(given.fingerprint) !== null) throw peopleError['KEY.TAKEN']()
      const key = { ...given, ...unused() }
      keys.set(key.id, key)
      return key
    },
    removeKey: async (personId, id) => keys.get(id)?.personId === personId && keys.delete(id),
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
