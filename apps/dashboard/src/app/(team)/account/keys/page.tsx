import { read } from '../../../../caller.ts'
import { SshKeys } from '../../../../parts/account/ssh-keys.tsx'
import { AsCommand } from '../../../../parts/as-command.tsx'

export const metadata = { title: 'SSH keys' }

export default async function KeysPage() {
  const keys = await read((api) => api.people.keys.list())
  return (
    <>
      <SshKeys initial={keys} />
      <AsCommand commands={['berth keys', 'berth keys add ~/.ssh/id_ed25519.pub']} />
    </>
  )
}
