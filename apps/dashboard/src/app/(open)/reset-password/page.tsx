import { OpenPage } from '../../../parts/open/open-page.tsx'
import { ResetPassword } from '../../../parts/open/reset-password.tsx'

export const metadata = { title: 'A new password' }

type Props = { searchParams: Promise<{ token?: string | string[] }> }

/** Whether the link still counts is found out when it is used: opening it uses nothing up. */
export default async function ResetPasswordPage({ searchParams }: Props) {
  const { token } = await searchParams
  if (typeof token === 'string' && token.length <= 200) return <ResetPassword token={token} />
  return <OpenPage title="This link is not whole" lead="Copy all of it, up to its last character." />
}
