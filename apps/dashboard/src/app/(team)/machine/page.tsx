import { EmptyState } from '@berth/ui'
import { read } from '../../../caller.ts'
import { ownTeams } from '../../../own-teams.ts'
import { AsCommand } from '../../../parts/as-command.tsx'
import { MachinePage } from '../../../parts/machine/machine-page.tsx'
import { Page, PageTitle } from '../../../parts/page.tsx'
import { unlessAway } from '../../../unless-away.ts'

export const metadata = { title: 'Machine' }

export default async function MachineRoute() {
  const teams = await ownTeams()
  const may = (action: 'machine.view' | 'machine.jobs.retry') => teams.some(({ can }) => can.includes(action))
  return (
    <Page>
      <PageTitle>Machine</PageTitle>
      {may('machine.view') ? <Looked canRetry={may('machine.jobs.retry')} /> : <NotYours />}
    </Page>
  )
}

async function Looked({ canRetry }: { canRetry: boolean }) {
  const [platform, machine, jobs, certificates] = await read((api) =>
    Promise.all([
      api.meta.platform(),
      unlessAway(api.machine.view()),
      api.machine.jobs(),
      api.machine.certificates(),
    ]),
  )
  return (
    <>
      <MachinePage initial={{ machine, jobs, certificates }} version={platform.version} canRetry={canRetry} />
      <AsCommand commands={['berth machine', 'berth machine jobs', 'berth machine certificates']} />
    </>
  )
}

function NotYours() {
  return (
    <EmptyState title="Owners and admins look after the machine">
      <p className="text-muted">Your apps do not need you to: what they use is on their own pages.</p>
    </EmptyState>
  )
}
