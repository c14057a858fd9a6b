import type { DeployKey, Invitation, Member, Person, Role, Team, TeamDemands } from '@berth/domain'
import type { NewPerson } from '../stores.ts'

/** Teams, who is in them, and who is asked to come. Part of PeopleStore. */
export interface TeamStore {
  /** Oldest first. */
  teams(): Promise<Team[]>
  team(id: string): Promise<Team | null>
  /** With its first owner, where one is given. */
  createTeam(name: string, ownerId?: string): Promise<Team>
  renameTeam(id: string, name: string): Promise<void>
  demands(teamId: string): Promise<TeamDemands>
  setDemands(teamId: string, demands: TeamDemands): Promise<void>

  memberships(personId: string): Promise<Member[]>
  /** What `actorOf` needs, in one go. */
  standing(personId: string): Promise<Standing>
  /** Oldest first. */
  members(teamId: string): Promise<(Member & { person: Person; since: Date; factors: Factors })[]>
  setMember(teamId: string, personId: string, role: Role): Promise<void>
  /**
   * Null takes the member out. The last owner stays one, however many ask at the same time: the team's row is held while
   * its owners are counted.
   */
  changeMember(
    teamId: string,
    personId: string,
    role: Role | null,
  ): Promise<'changed' | 'no-member' | 'last-owner'>

  /** In place of one that waits for the same address. */
  addInvitation(invitation: Omit<Invitation, 'id' | 'createdAt'> & { hash: string }): Promise<Invitation>
  /** Those that can still be used, oldest first. */
  invitations(teamId: string): Promise<Invitation[]>
  /** With how it stands. Null: never heard of, or revoked. */
  invitationByHash(
    hash: string,
  ): Promise<{ invitation: Invitation; team: Team; state: 'valid' | 'used' | 'expired' } | null>
  revokeInvitation(teamId: string, id: string): Promise<boolean>
  /**
   * Uses it up, in one transaction with making the person a member: of several one wins. Whoever is a member already stays
   * what they are. Null: it cannot be used any more. @throws PEOPLE.EMAIL_TAKEN
   */
  acceptInvitation(
    hash: string,
    who: { personId: string } | Pick<NewPerson, 'name' | 'passwordHash'>,
  ): Promise<Person | null>

  /** Oldest first. */
  deployKeys(appId: string): Promise<DeployKey[]>
  deployKeyByFingerprint(fingerprint: string): Promise<DeployKey | null>
  /** @throws KEY.TAKEN, also where a person has it */
  addDeployKey(
    key: Pick<DeployKey, 'appId' | 'name' | 'publicKey' | 'fingerprint' | 'mayPush'>,
  ): Promise<DeployKey>
  removeDeployKey(appId: string, id: string): Promise<boolean>
}

/** How a person can show who they are besides a password. */
export type Factors = {
  /** A code from an authenticator is asked for behind the password. */
  code: boolean
  passkey: boolean
  /** The sign-on providers that know them. */
  providerIds: readonly string[]
}

export type Standing = {
  memberships: readonly (Member & { demands: TeamDemands })[]
  factors: Factors
}
