import { read } from '../../../caller.ts'
import { ownTeams } from '../../../own-teams.ts'
import { AsCommand } from '../../../parts/as-command.tsx'
import { MachinePage } from '../../../parts/machine/machine-page.tsx'
import { Page, PageTitle } from '../../../parts/page.tsx'
import { unlessAway } from '../../../unless-away.ts'

export const metadata = { title: 'Machine' }

export default async function MachineRoute() {
  const [teams, platform, machine, jobs, certificates] = await read((api) =>
    Promise.all([
      ownTeams(),
      api.meta.platform(),
      unlessAway(api.machine.view()),
      api.machine.jobs(),
      api.machine.certificates(),
    ]),
  )
  return (
    <Page>
      <PageTitle>Machine</PageTitle>
      <MachinePage
        initial={{ machine, jobs, certificates }}
        version={platform.version}
        canRetry={teams.some(({ can }) => can.includes('machine.jobs.retry'))}
      />
      <AsCommand commands={['berth machine', 'berth machine jobs', 'berth machine certificates']} />
    </Page>
  )
}
