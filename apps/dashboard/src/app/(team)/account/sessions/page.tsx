import { read } from '../../../../caller.ts'
import { Sessions } from '../../../../parts/account/sessions.tsx'
import { AsCommand } from '../../../../parts/as-command.tsx'

export const metadata = { title: 'Sessions' }

export default async function SessionsPage() {
  const sessions = await read((api) => api.people.sessions.list())
  return (
    <>
      <Sessions initial={sessions} />
      <AsCommand commands={['berth sessions', 'berth sessions revoke --all']} />
    </>
  )
}
