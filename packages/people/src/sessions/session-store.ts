/** The sessions that better-auth keeps, for their owner to see and end. Part of PeopleStore. */
export interface SessionStore {
  /** Those that still count, the one used last first. */
  sessions(personId: string): Promise<SessionRecord[]>
  endSession(personId: string, id: string): Promise<boolean>
  /** Links to a new password and the like, that wait for this person: none of them counts any more. */
  forgetOneTimeValues(personId: string): Promise<void>
  /** How this person can sign in. */
  waysIn(personId: string): Promise<WaysIn>
  /** Authenticator, recovery codes, passkeys. */
  removeSecondFactor(personId: string): Promise<void>
  /** `except`: the one that stays; null ends them all. Answers how many that were. */
  endSessions(personId: string, except: string | null): Promise<number>
}

export type WaysIn = {
  /** False: by a link, a passkey or a provider alone. */
  password: boolean
  /** A code is asked for behind the password. */
  authenticator: boolean
  /** Oldest first. */
  passkeys: readonly { id: string; name: string | null; createdAt: Date | null }[]
  /** The sign-on providers that know them. */
  providerIds: readonly string[]
}

export type SessionRecord = {
  id: string
  createdAt: Date
  /** At most a day old. */
  lastUsedAt: Date
  address: string | null
  userAgent: string | null
  /** How it was begun: password, passkey, link, invitation, or the id of a sign-on provider. */
  method: string | null
}
