import { CodeBlock } from '@berth/ui'
import { redirect } from 'next/navigation'
import { linkState } from '../../../door/link-state.ts'
import { OpenPage } from '../../../parts/open/open-page.tsx'
import { Welcome } from '../../../parts/open/welcome.tsx'
import { parts } from '../../../wiring.ts'

export const metadata = { title: 'Welcome' }

type Props = { searchParams: Promise<{ token?: string | string[] }> }

/** The first owner comes here, with the link that the machine printed. */
export default async function WelcomePage({ searchParams }: Props) {
  const { token } = await searchParams
  if (await (await parts()).people.hasOwner()) redirect('/sign-in')
  const state = await linkState(token, 'owner')
  if (state !== 'valid') return <NoLink {...words[state]} />
  return <Welcome token={String(token)} />
}

const words = {
  missing: {
    title: 'This Berth has no owner yet',
    lead: 'It belongs to whoever opens the one-time link that is printed where it was started. Look there; starting it again prints a new one.',
  },
  unknown: {
    title: 'This link is not one of ours',
    lead: 'Copy it whole. Starting Berth again prints a new one.',
  },
  used: {
    title: 'This link was used already',
    lead: 'A link works once. Starting Berth again prints a new one.',
  },
  expired: {
    title: 'This link is too old',
    lead: 'It works for 24 hours. Starting Berth again prints a new one.',
  },
}

function NoLink({ title, lead }: { title: string; lead: string }) {
  return (
    <OpenPage title={title} lead={lead}>
      <CodeBlock code="sudo berth up" label="Command" prompt />
    </OpenPage>
  )
}
