import { CodeBlock } from '@berth/ui'
import { ForgotPassword } from '../../../parts/open/forgot-password.tsx'
import { OpenPage } from '../../../parts/open/open-page.tsx'
import { parts } from '../../../wiring.ts'

export const metadata = { title: 'A new password' }

export default async function ForgotPasswordPage() {
  const { settings } = await parts()
  if (settings.smtpUrl !== null) return <ForgotPassword />
  return (
    <OpenPage title="A new password" lead="This platform sends no mail yet. On the machine itself:">
      <CodeBlock code="sudo berth account reset-password you@example.com" label="Command" prompt />
    </OpenPage>
  )
}
