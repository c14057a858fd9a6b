import { Button } from '@berth/ui'
import Link from 'next/link'
import { read } from '../../../../caller.ts'
import { ownTeams, teamOf } from '../../../../own-teams.ts'
import { AppList } from '../../../../parts/apps/app-list.tsx'
import { FirstApp } from '../../../../parts/apps/first-app.tsx'
import { AsCommand } from '../../../../parts/as-command.tsx'
import { Page, PageTitle } from '../../../../parts/page.tsx'

export const metadata = { title: 'Apps' }

export default async function AppsPage({ params }: { params: Promise<{ team: string }> }) {
  const team = await teamOf((await params).team)
  const [apps, traffic, platform, keys] = await read((api) =>
    Promise.all([
      api.apps.list({ team: team.id }),
      api.traffic.list({ team: team.id }),
      api.meta.platform(),
      api.people.keys.list(),
    ]),
  )
  const mayCreate = team.can.includes('app.create')
  const pushedTo = (await ownTeams()).find(({ can }) => can.includes('app.create'))
  const takesPushes = pushedTo?.id === team.id
  // Where the empty page is the button's own, it stands there alone.
  const newApp = mayCreate && (apps.length > 0 || takesPushes) && (
    <Button asChild look="primary">
      <Link href={`/apps/new?team=${team.id}`}>New app</Link>
    </Button>
  )
  const empty = (
    <FirstApp team={team} takesPushes={takesPushes} remotes={platform.remotes} hasKey={keys.length > 0} />
  )
  return (
    <Page>
      <PageTitle action={newApp}>Apps</PageTitle>
      <AppList team={team.id} initial={{ apps, traffic }} empty={empty} />
      <AsCommand
        commands={
          mayCreate ? ['berth apps', 'berth top', 'berth create my-app'] : ['berth apps', 'berth top']
        }
      />
    </Page>
  )
}
