import { Button } from '@berth/ui'
import Link from 'next/link'
import { linkState } from '../../../../door/link-state.ts'
import { OpenPage } from '../../../../parts/open/open-page.tsx'
import { UseLink } from '../../../../parts/open/use-link.tsx'

export const metadata = { title: 'Sign in' }

type Props = { searchParams: Promise<{ token?: string | string[] }> }

/** A link made at the machine. Opening it does nothing yet, so that a preview does not use it up. */
export default async function LinkPage({ searchParams }: Props) {
  const { token } = await searchParams
  const state = await linkState(token, 'sign-in')
  if (state === 'valid') return <UseLink token={String(token)} />
  return (
    <OpenPage {...words[state]}>
      <Button asChild>
        <Link href="/sign-in">Sign in with a password</Link>
      </Button>
    </OpenPage>
  )
}

const words = {
  missing: { title: 'This link is not whole', lead: 'Copy all of it, up to its last character.' },
  unknown: {
    title: 'This link is not one of ours',
    lead: 'Copy it whole, or make a new one on the machine.',
  },
  used: { title: 'This link was used already', lead: 'A link works once. Make a new one on the machine.' },
  expired: { title: 'This link is too old', lead: 'It works for 10 minutes. Make a new one on the machine.' },
}
