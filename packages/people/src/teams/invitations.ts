import type { Invitation, Person, Role, Team } from '@berth/domain'
import { parseEmail, parseName } from '../account-form.ts'
import { peopleError } from '../errors.ts'
import { randomToken, tokenHash } from '../random-token.ts'
import type { PeopleStore } from '../stores.ts'

/**
 * Places in a team, kept for an address: for seven days, once, and for nobody who signs in with another. The link goes to
 * that address by mail; where no mail can be sent, it goes to whoever invites, who passes it on.
 */
export type Invitations = {
  /**
   * `link`: null where it was mailed. @throws PEOPLE.INVALID, MEMBER.ALREADY, INVITATION.TOO_MANY, and what sending throws:
   * then nobody is invited
   */
  invite(asked: { team: Team; email: string; role: Role; by: Person }): Promise<Invited>
  /** What somebody with the link is told. @throws INVITATION.INVALID, .USED, .EXPIRED */
  look(token: string): Promise<{ invitation: Invitation; team: Team }>
  /** By somebody who is signed in. @throws what `look` throws, INVITATION.OTHER_ADDRESS */
  accept(token: string, person: Person): Promise<{ invitation: Invitation; team: Team }>
  /**
   * By somebody who has no account; makes one, of the address invited. `passwordHash` is asked for last: it is slow.
   * @throws what `look` throws, PEOPLE.EMAIL_TAKEN
   */
  acceptAsNew(
    token: string,
    name: string,
    passwordHash: () => Promise<string>,
  ): Promise<{ person: Person; invitation: Invitation; team: Team }>
}

export type Invited = { invitation: Invitation; link: string | null }

/** Null: this platform sends no mail. */
export type SendText =
  | ((mail: { to: readonly string[]; subject: string; text: string }) => Promise<unknown>)
  | null

const validMs = 7 * 24 * 60 * 60_000
const mostOfATeam = 100

export function openInvitations(parts: {
  people: PeopleStore
  /** Where the dashboard answers now: `https://berth.example.com`. */
  url(): Promise<string>
  sendText: SendText
}): Invitations {
  const { people } = parts
  return {
    invite: (asked) => invite(parts, asked),
    look: (token) => look(people, token),
    async accept(token, person) {
      const looked = await look(people, token)
      if (person.email !== looked.invitation.email) throw peopleError['INVITATION.OTHER_ADDRESS']()
      const accepted = await people.acceptInvitation(tokenHash(token), { personId: person.id })
      if (accepted === null) throw peopleError['INVITATION.USED']()
      return looked
    },
    async acceptAsNew(token, given, passwordHash) {
      const looked = await look(people, token)
      const name = parseName(given)
      const known = await people.personByEmail(looked.invitation.email)
      if (known !== null) throw peopleError['PEOPLE.EMAIL_TAKEN']({ email: looked.invitation.email })
      const account = { name, passwordHash: await passwordHash() }
      const person = await people.acceptInvitation(tokenHash(token), account)
      if (person === null) throw peopleError['INVITATION.USED']()
      return { person, ...looked }
    },
  }
}

async function invite(
  { people, url, sendText }: Parameters<typeof openInvitations>[0],
  { team, email: given, role, by }: Parameters<Invitations['invite']>[0],
): Promise<Invited> {
  const email = parseEmail(given)
  await assertRoom(people, team, email)
  const token = randomToken()
  const invitation = await people.addInvitation({
    ...{ teamId: team.id, email, role, hash: tokenHash(token), mailed: sendText !== null },
    ...{ invitedById: by.id, expiresAt: new Date(Date.now() + validMs) },
  })
  const link = `${await url()}/invitation?token=${token}`
  if (sendText === null) return { invitation, link }
  try {
    await sendText(inWords({ team, email, role, by, link }))
  } catch (error) {
    await people.revokeInvitation(team.id, invitation.id)
    throw error
  }
  return { invitation, link: null }
}

async function assertRoom(people: PeopleStore, team: Team, email: string): Promise<void> {
  const [members, waiting] = await Promise.all([people.members(team.id), people.invitations(team.id)])
  if (members.some(({ person }) => person.email === email)) throw peopleError['MEMBER.ALREADY']({ email })
  if (waiting.length >= mostOfATeam && !waiting.some((one) => one.email === email))
    throw peopleError['INVITATION.TOO_MANY']({ most: mostOfATeam })
}

async function look(people: PeopleStore, token: string): Promise<{ invitation: Invitation; team: Team }> {
  const found = await people.invitationByHash(tokenHash(token))
  if (found === null) throw peopleError['INVITATION.INVALID']()
  if (found.state === 'used') throw peopleError['INVITATION.USED']()
  if (found.state === 'expired') throw peopleError['INVITATION.EXPIRED']()
  const { invitation, team } = found
  return { invitation, team }
}

function inWords(invited: { team: Team; email: string; role: Role; by: Person; link: string }) {
  const { team, email, role, by, link } = invited
  return {
    to: [email],
    subject: `${by.name} invites you to the team ${team.name} on Berth`,
    text: [
      `${by.name} (${by.email}) invites you to the team ${team.name}, as ${article[role]}.`,
      '',
      'This link accepts, for you alone, within seven days:',
      link,
      '',
      'If you do not know what this is about, leave it be: nothing happens.',
      '',
    ].join('\n'),
  }
}

const article: Record<Role, string> = {
  owner: 'an owner',
  admin: 'an admin',
  developer: 'a developer',
  viewer: 'a viewer',
}
