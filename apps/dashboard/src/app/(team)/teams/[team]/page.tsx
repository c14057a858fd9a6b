import { Button } from '@berth/ui'
import Link from 'next/link'
import { read } from '../../../../caller.ts'
import { teamOf } from '../../../../own-teams.ts'
import { AppList } from '../../../../parts/app-list.tsx'
import { AsCommand } from '../../../../parts/as-command.tsx'
import { FirstApp } from '../../../../parts/first-app.tsx'
import { Page, PageTitle } from '../../../../parts/page.tsx'

export const metadata = { title: 'Apps' }

export default async function AppsPage({ params }: { params: Promise<{ team: string }> }) {
  const team = await teamOf((await params).team)
  const [apps, platform, keys] = await read((api) =>
    Promise.all([api.apps.list({ team: team.id }), api.meta.platform(), api.people.keys.list()]),
  )
  const newApp = team.can.includes('app.create') && (
    <Button asChild look="primary">
      <Link href="/apps/new">New app</Link>
    </Button>
  )
  return (
    <Page>
      <PageTitle action={newApp}>Apps</PageTitle>
      <AppList
        team={team.id}
        initial={apps}
        empty={<FirstApp remotes={platform.remotes} hasKey={keys.length > 0} />}
      />
      <AsCommand commands={['berth apps']} />
    </Page>
  )
}
