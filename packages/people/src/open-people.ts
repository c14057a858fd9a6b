import { dashboardHost, frontDoorUrl, type Person, type Role, type Settings } from '@berth/domain'
import { parseEmail, parseName, parsePassword } from './account-form.ts'
import { peopleError } from './errors.ts'
import { type Keys, openKeys } from './keys/keys.ts'
import { removeAccount, renameAccount } from './own-account.ts'
import { randomToken, tokenHash } from './random-token.ts'
import type { Sealing } from './sealing/seal-values.ts'
import type { AttemptStore } from './sign-in/attempt-store.ts'
import type { Auth, AuthOptions } from './sign-in/auth.ts'
import { openSignOn, type SignOn, type SignOnStore } from './sign-in/sign-on.ts'
import type { AuditPen } from './sign-in/tell-sign-ins.ts'
import type { NewPerson, PeopleStore } from './stores.ts'
import { type Invitations, openInvitations, type SendText } from './teams/invitations.ts'
import { openTokens, type Tokens } from './tokens.ts'

/** Accounts and the ways to prove whose request it is. What a person may do is asked at `openDoors`. */
export type People = {
  /** Mounted by the dashboard at /api/auth/*. */
  auth: { handler(request: Request): Promise<Response> }
  keys: Keys
  tokens: Tokens
  /** The person whose session cookie this is. A request that changes something needs `isFromDashboard` as well. */
  sessionOf(headers: Headers): Promise<OpenSession | null>
  hasOwner(): Promise<boolean>
  /** `/welcome?token=…`: works once, for 24 hours; a new one replaces the old. @throws PEOPLE.OWNER_EXISTS */
  createOwnerLink(): Promise<string>
  /**
   * The first owner: person, team and membership, exactly once, and signed in.
   * @throws PEOPLE.INVALID, PEOPLE.EMAIL_TAKEN, PEOPLE.OWNER_EXISTS, LINK.INVALID, LINK.USED, LINK.EXPIRED
   */
  claimOwner(
    claim: { token: string; name: string; email: string; password: string },
    asked?: Headers,
  ): Promise<SignedIn>
  /** `/sign-in/link?token=…`, for use at the machine: works once, for 10 minutes. @throws PEOPLE.NOT_FOUND */
  createSignInLink(email: string): Promise<string>
  /** @throws LINK.INVALID, LINK.USED, LINK.EXPIRED */
  takeSignInLink(token: string, asked?: Headers): Promise<SignedIn>
  signOn: SignOn
  /** Where this provider has to send people back to. */
  callbackUrl(providerId: string): Promise<string>
  /** For use at the machine. */
  removeSecondFactor(personId: string): Promise<void>
  /** For use at the machine. @throws PEOPLE.INVALID */
  renameAccount(personId: string, name: string): Promise<string>
  /** For use at the machine. @throws ACCOUNT.LAST_OWNER */
  removeAccount(personId: string): Promise<void>
  invitations: Invitations
  /**
   * By somebody without an account, who is signed in afterwards.
   * @throws PEOPLE.INVALID, PEOPLE.EMAIL_TAKEN, INVITATION.INVALID, .USED, .EXPIRED
   */
  acceptInvitation(
    form: { token: string; name: string; password: string },
    asked?: Headers,
  ): Promise<SignedIn>
  /** Where a new password is set: works once, for an hour. For use at the machine. @throws PEOPLE.NOT_FOUND */
  createResetLink(email: string): Promise<string>
  /** At the machine. Without `teamName`: the first team, or one of their own where there is none. */
  createAccount(account: {
    name: string
    email: string
    password?: string
    teamName?: string
    role: Role
  }): Promise<Person>
}

/** `method`: how the session was begun (sessions/session-store.ts). */
export type OpenSession = { person: Person; session: { id: string; method: string | null } }

/** `headers` holds the Set-Cookie lines to send: those of the scheme that the request (`asked`) came by. */
export type SignedIn = { person: Person; headers: Headers }

const ownerLinkMs = 24 * 60 * 60_000
const signInLinkMs = 10 * 60_000

export type PeopleOptions = {
  database: {
    people: PeopleStore
    attempts: AttemptStore
    audit: AuditPen
    signOn: SignOnStore
    prisma: object
  }
  settings: Settings
  secret: string
  sealing: Sealing
  sendText: SendText
  /** Where it answers now, for links that go out of the house; else the address without TLS. */
  dashboardUrl?: () => Promise<string>
}

export function openPeople({
  database,
  settings,
  secret,
  sealing,
  sendText,
  dashboardUrl,
}: PeopleOptions): People {
  const store = database.people
  const signOn = openSignOn({ store: database.signOn, sealing })
  const authOptions = { ...database, settings, secret, signOn, sendText }
  const auth = onFirstUse(async () => {
    const { openAuth } = await import('./sign-in/auth.ts')
    return openAuth(authOptions)
  })
  const url = dashboardUrl ?? (async () => frontDoorUrl(settings, dashboardHost(settings)))
  const invitations = openInvitations({ people: store, url, sendText })
  return {
    signOn,
    invitations,
    callbackUrl: async (id) => `${await url()}/api/auth/callback/${id}`,
    removeSecondFactor: (personId) => store.removeSecondFactor(personId),
    renameAccount: (personId, name) => renameAccount(store, personId, name),
    removeAccount: (personId) => removeAccount(store, personId),
    acceptInvitation: (form, asked) => acceptInvitation({ invitations, auth, asked }, form),
    createResetLink: (email) => createResetLink(store, authOptions, email),
    auth: { handler: async (request) => (await auth()).handler(request) },
    keys: openKeys(store),
    tokens: openTokens(store),
    sessionOf: (headers) => sessionOf(auth, headers),
    hasOwner: () => store.hasOwner(),
    createOwnerLink: () => createOwnerLink(store),
    claimOwner: (claim, asked) => claimOwner({ store, auth, asked }, claim),
    createSignInLink: (email) => createSignInLink(store, email),
    takeSignInLink: (token, asked) => takeSignInLink({ store, auth, asked }, token),
    createAccount: (account) => createAccount(store, account),
  }
}

/** better-auth takes 10 MB and 0.2 s to load: not for a process that only checks keys and tokens. */
function onFirstUse(open: () => Promise<Auth>): () => Promise<Auth> {
  let opened: Promise<Auth> | undefined
  return () => {
    opened ??= open()
    return opened
  }
}

type OpenAuth = () => Promise<Auth>
/** `asked`: the headers of the request. */
type Entering = { auth: OpenAuth; asked?: Headers }

async function sessionOf(auth: OpenAuth, headers: Headers): Promise<OpenSession | null> {
  const found = await (await auth()).at(headers).getSession({ headers })
  if (found === null) return null
  const { id, name, email } = found.user
  return {
    person: { id, name, email },
    session: { id: found.session.id, method: found.session.method ?? null },
  }
}

async function createOwnerLink(store: PeopleStore): Promise<string> {
  if (await store.hasOwner()) throw peopleError['PEOPLE.OWNER_EXISTS']()
  const token = randomToken()
  const expiresAt = new Date(Date.now() + ownerLinkMs)
  await store.addLink({ hash: tokenHash(token), purpose: 'owner', personId: null, expiresAt })
  return `/welcome?token=${token}`
}

async function claimOwner(
  { store, ...entering }: Entering & { store: PeopleStore },
  { token, ...form }: Parameters<People['claimOwner']>[0],
): Promise<SignedIn> {
  const hash = tokenHash(token)
  if ((await store.linkState(hash, 'owner')) !== 'valid') throw await whyNot(store, hash, 'owner')
  const account = await newPerson(form, { name: `${parseName(form.name)}’s team` }, 'owner')
  const person = await store.claimOwner(hash, account)
  if (person === null) throw await whyNot(store, hash, 'owner')
  return await signIn(entering, person, 'link')
}

async function createSignInLink(store: PeopleStore, email: string): Promise<string> {
  const person = await store.personByEmail(email.trim())
  if (person === null) throw peopleError['PEOPLE.NOT_FOUND']({ what: `account for ${email}` })
  const token = randomToken()
  const expiresAt = new Date(Date.now() + signInLinkMs)
  await store.addLink({ hash: tokenHash(token), purpose: 'sign-in', personId: person.id, expiresAt })
  return `/sign-in/link?token=${token}`
}

async function takeSignInLink(
  { store, ...entering }: Entering & { store: PeopleStore },
  token: string,
): Promise<SignedIn> {
  const hash = tokenHash(token)
  const reason = await whyNot(store, hash, 'sign-in')
  const taken = await store.takeLink(hash, 'sign-in')
  const person = taken?.personId ? await store.person(taken.personId) : null
  if (person === null) throw reason
  return await signIn(entering, person, 'link')
}

async function acceptInvitation(
  { invitations, ...entering }: Entering & { invitations: Invitations },
  { token, name, password }: { token: string; name: string; password: string },
): Promise<SignedIn> {
  const accepted = await invitations.acceptAsNew(token, name, () => hashed(parsePassword(password)))
  return await signIn(entering, accepted.person, 'invitation')
}

async function createResetLink(
  store: PeopleStore,
  options: Omit<AuthOptions, 'sendReset'>,
  email: string,
): Promise<string> {
  const person = await store.personByEmail(email.trim())
  if (person === null) throw peopleError['PEOPLE.NOT_FOUND']({ what: `account for ${email}` })
  const { openAuth } = await import('./sign-in/auth.ts')
  const made = Promise.withResolvers<string>()
  const auth = openAuth({ ...options, sendReset: async (_email, link) => made.resolve(link) })
  await auth.at(new Headers()).requestPasswordReset({ body: { email: person.email } })
  return await made.promise
}

async function createAccount(
  store: PeopleStore,
  { teamName, role, ...form }: Parameters<People['createAccount']>[0],
): Promise<Person> {
  const teams = await store.teams()
  const wanted = teamName === undefined ? teams[0] : teams.find(({ name }) => name === teamName)
  const team = wanted ?? { name: parseName(teamName ?? `${form.name}’s team`) }
  return await store.createPerson(await newPerson(form, team, role))
}

async function newPerson(
  form: { name: string; email: string; password?: string },
  team: NewPerson['team'],
  role: Role,
): Promise<NewPerson> {
  const name = parseName(form.name)
  const email = parseEmail(form.email)
  const passwordHash = form.password === undefined ? null : await hashed(parsePassword(form.password))
  // Whoever has the machine has vouched for it.
  return { name, email, emailVerified: true, passwordHash, team, role }
}

/** As better-auth verifies it: scrypt. */
async function hashed(password: string): Promise<string> {
  const { hashPassword } = await import('better-auth/crypto')
  return await hashPassword(password)
}

async function signIn(
  { auth, asked = new Headers() }: Entering,
  person: Person,
  method: 'link' | 'invitation',
): Promise<SignedIn> {
  const { headers } = await (await auth()).at(asked).beginSession({
    body: { personId: person.id, method },
    headers: new Headers(),
    returnHeaders: true,
  })
  return { person, headers }
}

async function whyNot(store: PeopleStore, hash: string, purpose: 'owner' | 'sign-in') {
  const state = await store.linkState(hash, purpose)
  if (state === 'expired') return peopleError['LINK.EXPIRED']()
  if (state === 'unknown') return peopleError['LINK.INVALID']()
  if (state === 'valid' && purpose === 'owner') return peopleError['PEOPLE.OWNER_EXISTS']()
  return peopleError['LINK.USED']()
}
