import { randomUUID } from 'node:crypto'
import type { DeployKey, Invitation, Member, Person, Team, TeamDemands } from '@berth/domain'
import { peopleError } from '../errors.ts'
import type { Factors, TeamStore } from '../teams/team-store.ts'

type Joined = Member & { since: Date }
type StoredInvitation = Invitation & { hash: string; used: boolean }

/** What the fakes of people share: who and which teams there are, and whose every fingerprint is. */
export type SharedPeople = {
  people: Map<string, Person>
  teams: Map<string, Team>
  members: Joined[]
  fingerprints: Set<string>
  /** What a test says of a person; nothing said: a password alone. */
  factors: Map<string, Factors>
  addPerson(name: string, email: string): Person
}

const undemanding: TeamDemands = { secondFactor: false, providerId: null }
const none: Factors = { code: false, passkey: false, providerIds: [] }

export function fakeTeamStore(shared: SharedPeople): TeamStore {
  const demands = new Map<string, TeamDemands>()
  return {
    ...teamMethods(shared, demands),
    ...memberMethods(shared, demands),
    ...invitationMethods(shared),
    ...deployKeyMethods(shared),
  }
}

function teamMethods({ teams, members }: SharedPeople, demands: Map<string, TeamDemands>) {
  return {
    teams: async () => [...teams.values()],
    team: async (id) => teams.get(id) ?? null,
    createTeam: async (name, ownerId) => {
      const team = { id: randomUUID(), name }
      teams.set(team.id, team)
      if (ownerId !== undefined)
        members.push({ teamId: team.id, personId: ownerId, role: 'owner', since: new Date() })
      return team
    },
    renameTeam: async (id, name) => void (teams.has(id) && teams.set(id, { id, name })),
    demands: async (id) => demands.get(id) ?? undemanding,
    setDemands: async (id, given) => void demands.set(id, given),
  } satisfies Partial<TeamStore>
}

function memberMethods(
  { people, members, factors }: SharedPeople,
  demands: Map<string, TeamDemands>,
): Pick<TeamStore, 'memberships' | 'standing' | 'members' | 'setMember' | 'changeMember'> {
  const shown = ({ since: _, ...member }: Joined): Member => ({ ...member })
  const of = (personId: string) => members.filter((member) => member.personId === personId).map(shown)
  return {
    memberships: async (personId) => of(personId),
    standing: async (personId) => ({
      memberships: of(personId).map((member) => ({
        ...member,
        demands: demands.get(member.teamId) ?? undemanding,
      })),
      factors: factors.get(personId) ?? none,
    }),
    members: async (teamId) =>
      members
        .filter((member) => member.teamId === teamId)
        .map((member) => ({
          ...member,
          person: people.get(member.personId) as Person,
          factors: factors.get(member.personId) ?? none,
        })),
    setMember: async (teamId, personId, role) => {
      const member = members.find((one) => one.teamId === teamId && one.personId === personId)
      if (member === undefined) members.push({ teamId, personId, role, since: new Date() })
      else member.role = role
    },
    changeMember: async (teamId, personId, role) => {
      const at = members.findIndex((one) => one.teamId === teamId && one.personId === personId)
      const member = members[at]
      if (member === undefined) return 'no-member'
      const owners = members.filter((one) => one.teamId === teamId && one.role === 'owner').length
      if (member.role === 'owner' && role !== 'owner' && owners < 2) return 'last-owner'
      if (role === null) members.splice(at, 1)
      else member.role = role
      return 'changed'
    },
  }
}

function invitationMethods({ people, teams, members, addPerson }: SharedPeople) {
  const rows = new Map<string, StoredInvitation>()
  const shown = ({ hash: _hash, used: _used, ...invitation }: StoredInvitation): Invitation => invitation
  const stateOf = ({ used, expiresAt }: StoredInvitation) =>
    used ? 'used' : expiresAt <= new Date() ? 'expired' : 'valid'
  return {
    addInvitation: async (given) => {
      for (const [hash, { teamId, email, used }] of rows)
        if (teamId === given.teamId && email === given.email && !used) rows.delete(hash)
      const row = { ...given, id: randomUUID(), createdAt: new Date(), used: false }
      rows.set(given.hash, row)
      return shown(row)
    },
    invitations: async (teamId) =>
      [...rows.values()].filter((row) => row.teamId === teamId && stateOf(row) === 'valid').map(shown),
    invitationByHash: async (hash) => {
      const row = rows.get(hash)
      if (row === undefined) return null
      return { invitation: shown(row), team: teams.get(row.teamId) as Team, state: stateOf(row) }
    },
    revokeInvitation: async (teamId, id) => {
      const row = [...rows.values()].find((one) => one.id === id && one.teamId === teamId && !one.used)
      return row !== undefined && rows.delete(row.hash)
    },
    acceptInvitation: async (hash, who) => {
      const row = rows.get(hash)
      if (row === undefined || stateOf(row) !== 'valid') return null
      const person = 'personId' in who ? people.get(who.personId) : addPerson(who.name, row.email)
      if (person === undefined) return null
      row.used = true
      const { teamId, role } = row
      if (!members.some((one) => one.teamId === teamId && one.personId === person.id))
        members.push({ teamId, personId: person.id, role, since: new Date() })
      return person
    },
  } satisfies Partial<TeamStore>
}

function deployKeyMethods({ fingerprints }: SharedPeople) {
  const rows = new Map<string, DeployKey>()
  return {
    deployKeys: async (appId) => [...rows.values()].filter((key) => key.appId === appId),
    deployKeyByFingerprint: async (fingerprint) =>
      [...rows.values()].find((key) => key.fingerprint === fingerprint) ?? null,
    addDeployKey: async (given) => {
      if (fingerprints.has(given.fingerprint)) throw peopleError['KEY.TAKEN']()
      const key = { ...given, id: randomUUID() as string, createdAt: new Date(), lastUsedAt: null }
      fingerprints.add(key.fingerprint)
      rows.set(key.id, key)
      return key
    },
    removeDeployKey: async (appId, id) => {
      const key = rows.get(id)
      if (key?.appId !== appId) return false
      fingerprints.delete(key.fingerprint)
      return rows.delete(id)
    },
  } satisfies Partial<TeamStore>
}
