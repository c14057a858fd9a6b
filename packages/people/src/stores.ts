import type { ApiToken, Person, Role, SshKey, Team } from '@berth/domain'
import type { SessionStore } from './sessions/session-store.ts'
import type { TeamStore } from './teams/team-store.ts'

/** What `people` keeps besides what better-auth keeps for itself (users, sessions, passwords). */
export interface PeopleStore extends TeamStore, SessionStore {
  person(id: string): Promise<Person | null>
  personByEmail(email: string): Promise<Person | null>
  hasOwner(): Promise<boolean>

  /**
   * In one transaction: the person, the password (hashed already; null: none, sign-in by link alone), the membership
   * of `team`, which is made where only its name is given.
   * @throws PEOPLE.EMAIL_TAKEN
   */
  createPerson(account: NewPerson): Promise<Person>
  /**
   * The first owner, in one transaction with using the link up: of several claims one wins. Null: the link is not
   * valid (any more), or there is an owner already.
   * @throws PEOPLE.EMAIL_TAKEN
   */
  claimOwner(linkHash: string, account: NewPerson): Promise<Person | null>
  renamePerson(id: string, name: string): Promise<void>
  /**
   * With their sessions, keys, tokens and places in teams. What they did keeps the name that it was written down with. Answers
   * the teams that they are the last owner of: where there are some, nothing was changed.
   */
  removePerson(id: string): Promise<Team[]>

  keys(personId: string): Promise<SshKey[]>
  keyByFingerprint(fingerprint: string): Promise<SshKey | null>
  /** @throws KEY.TAKEN */
  addKey(key: Pick<SshKey, 'personId' | 'name' | 'publicKey' | 'fingerprint'>): Promise<SshKey>
  removeKey(personId: string, id: string): Promise<boolean>
  touchKey(id: string): Promise<void>

  tokens(personId: string): Promise<ApiToken[]>
  tokenByHash(hash: string): Promise<ApiToken | null>
  addToken(token: Omit<ApiToken, 'id' | 'createdAt' | 'lastUsedAt'> & { hash: string }): Promise<ApiToken>
  removeToken(personId: string, id: string): Promise<boolean>
  touchToken(id: string): Promise<void>

  /**
   * One-time links: the hash of the token, what it is for, and until when. It replaces the ones before it for the same
   * purpose and person.
   */
  addLink(link: {
    hash: string
    purpose: 'owner' | 'sign-in'
    personId: string | null
    expiresAt: Date
  }): Promise<void>
  /** Uses it up, in one statement, so that two cannot. */
  takeLink(hash: string, purpose: 'owner' | 'sign-in'): Promise<{ personId: string | null } | null>
  /** Why a link is not taken: never heard of, used, or too old. */
  linkState(hash: string, purpose: 'owner' | 'sign-in'): Promise<'valid' | 'used' | 'expired' | 'unknown'>
}

export type NewPerson = {
  name: string
  email: string
  passwordHash: string | null
  /** Somebody has vouched for the address; left out: nobody has. */
  emailVerified?: boolean
  team: { id: string } | { name: string }
  role: Role
}
