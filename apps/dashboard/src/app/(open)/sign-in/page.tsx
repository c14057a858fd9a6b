import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { safePath } from '../../../door/safe-path.ts'
import { SignIn } from '../../../parts/open/sign-in.tsx'
import { askingOf, parts } from '../../../wiring.ts'

export const metadata = { title: 'Sign in' }

type Props = { searchParams: Promise<{ next?: string | string[]; error?: string | string[] }> }

export default async function SignInPage({ searchParams }: Props) {
  const { next, error } = await searchParams
  const path = safePath(typeof next === 'string' ? next : null)
  if ((await askingOf(await headers())).person) redirect(path)
  const { people } = await parts()
  if (!(await people.hasOwner())) redirect('/welcome')
  const providers = (await people.signOn.list()).map(({ id, name }) => ({ id, name }))
  return <SignIn next={path} providers={providers} refused={error === undefined ? null : whyNot(error)} />
}

/** What a provider's refusal means to the person; the words in the address are anybody's, and are not shown. */
function whyNot(error: string | string[]): { message: string; hint: string } {
  const known = Object.hasOwn(refusals, String(error)) ? refusals[String(error)] : undefined
  return known ?? { message: 'The provider did not let you in.', hint: 'Try again, or sign in another way.' }
}

const refusals: Record<string, { message: string; hint: string }> = {
  other_domain: {
    message: 'This provider does not speak for your address.',
    hint: 'Sign in another way, or with an address of the provider’s own.',
  },
  address_not_verified: {
    message: 'The provider has not verified your address.',
    hint: 'Verify it there, then try again.',
  },
  signup_disabled: {
    message: 'There is no account for your address here.',
    hint: 'Ask an admin of your team for an invitation.',
  },
  account_not_linked: {
    message: 'The provider may not enter the account of this address.',
    hint: 'The address has to be verified there, and confirmed here. Sign in with the password.',
  },
}
