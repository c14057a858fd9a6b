import { EmptyState } from '@berth/ui'
import { redirect } from 'next/navigation'
import { lastTeam, ownTeams } from '../../own-teams.ts'
import { teamPath } from '../../parts/frame/team-path.ts'
import { Page, PageTitle } from '../../parts/page.tsx'

export const metadata = { title: 'Apps' }

/** Leads to the team that was looked at last. */
export default async function StartPage() {
  const team = await lastTeam()
  if (team !== null) redirect(teamPath(team, await ownTeams()))
  return (
    <Page>
      <PageTitle>Apps</PageTitle>
      <EmptyState title="You are in no team yet.">
        <p className="max-w-prose text-muted">
          Apps belong to a team. Ask somebody who runs one for an invitation to the address that you sign in
          with.
        </p>
      </EmptyState>
    </Page>
  )
}
