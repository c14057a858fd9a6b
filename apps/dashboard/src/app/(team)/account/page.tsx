import { read } from '../../../caller.ts'
import { DeleteAccount } from '../../../parts/account/delete-account.tsx'
import { OwnEmail } from '../../../parts/account/own-email.tsx'
import { OwnName } from '../../../parts/account/own-name.tsx'
import { OwnTeamsList } from '../../../parts/account/own-teams-list.tsx'
import { AsCommand } from '../../../parts/as-command.tsx'
import { parts } from '../../../wiring.ts'

export const metadata = { title: 'Account' }

export default async function AccountPage() {
  const [me, { settings }] = await Promise.all([read((api) => api.people.me()), parts()])
  return (
    <>
      <OwnName name={me.name} />
      <OwnEmail email={me.email} sendsMail={settings.smtpUrl !== null} />
      <OwnTeamsList />
      <AsCommand commands={['berth whoami', `sudo berth account rename ${me.email} --name "${me.name}"`]} />
      <DeleteAccount email={me.email} />
    </>
  )
}
