import { read } from '../../../caller.ts'
import { AsCommand } from '../../../parts/as-command.tsx'
import { Page, PageTitle } from '../../../parts/page.tsx'
import { SecondFactor } from '../../../parts/second-factor.tsx'
import { SignOut } from '../../../parts/sign-out.tsx'
import { SshKeys } from '../../../parts/ssh-keys.tsx'
import { Tokens } from '../../../parts/tokens.tsx'

export const metadata = { title: 'Account' }

export default async function AccountPage() {
  const [me, keys, tokens, platform] = await read((api) =>
    Promise.all([api.people.me(), api.people.keys.list(), api.people.tokens.list(), api.meta.platform()]),
  )
  return (
    <Page>
      <div className="flex flex-col gap-1">
        <PageTitle action={<SignOut />}>{me.name}</PageTitle>
        <p className="text-muted">
          {me.email}
          {me.teams.map((team) => ` · ${team.role} of ${team.name}`)}
        </p>
      </div>
      <SecondFactor />
      <SshKeys initial={keys} />
      <Tokens initial={tokens} loginUrl={platform.loginUrl} />
      <AsCommand commands={[`berth login ${platform.loginUrl}`, 'berth keys add ~/.ssh/id_ed25519.pub']} />
    </Page>
  )
}
