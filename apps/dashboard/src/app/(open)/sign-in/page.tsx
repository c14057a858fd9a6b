import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { safePath } from '../../../door/safe-path.ts'
import { SignIn } from '../../../parts/sign-in.tsx'
import { askingOf, parts } from '../../../wiring.ts'

export const metadata = { title: 'Sign in' }

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>
}) {
  const { next } = await searchParams
  const path = safePath(typeof next === 'string' ? next : null)
  if ((await askingOf(await headers())).person) redirect(path)
  if (!(await (await parts()).people.hasOwner())) redirect('/welcome')
  return <SignIn next={path} />
}
