import { toBerthError } from '@berth/api'
import { Button } from '@berth/ui'
import { headers } from 'next/headers'
import Link from 'next/link'
import { AcceptInvitation } from '../../../parts/open/accept-invitation.tsx'
import { OpenPage } from '../../../parts/open/open-page.tsx'
import { askingOf, parts } from '../../../wiring.ts'

export const metadata = { title: 'Invitation' }

type Props = { searchParams: Promise<{ token?: string | string[] }> }

/** Opening it does nothing yet. Who is signed in accepts with a press; who has no account makes one here. */
export default async function InvitationPage({ searchParams }: Props) {
  const { token } = await searchParams
  if (typeof token !== 'string' || token.length > 200)
    return <OpenPage title="This link is not whole" lead="Copy all of it, up to its last character." />
  const { people, stores } = await parts()
  try {
    const { invitation, team } = await people.invitations.look(token)
    const { person } = await askingOf(await headers())
    const account = await stores.people.personByEmail(invitation.email)
    if (account !== null && person === null) return <SignInFirst token={token} team={team.name} />
    const { email, role } = invitation
    return (
      <AcceptInvitation token={token} team={team.name} email={email} role={role} signedIn={person !== null} />
    )
  } catch (thrown) {
    const error = toBerthError(thrown)
    if (error === null || error.fault === 'system') throw thrown
    return <OpenPage title={error.message} lead={error.hint} />
  }
}

function SignInFirst({ token, team }: { token: string; team: string }) {
  const next = `/invitation?token=${encodeURIComponent(token)}`
  return (
    <OpenPage title={`Join the team ${team}`} lead="Sign in with the address that was invited, then accept.">
      <Button asChild look="primary">
        <Link href={`/sign-in?next=${encodeURIComponent(next)}`}>Sign in</Link>
      </Button>
    </OpenPage>
  )
}
