import { EmptyState } from '@berth/ui'
import { redirect } from 'next/navigation'
import { read } from '../../../../caller.ts'
import { ownTeams } from '../../../../own-teams.ts'
import { AsCommand } from '../../../../parts/as-command.tsx'
import { NewApp } from '../../../../parts/new-app/new-app.tsx'
import { Page, PageTitle } from '../../../../parts/page.tsx'
import { shortUrl } from '../../../../parts/short-url.ts'

export const metadata = { title: 'New app' }

type Props = { searchParams: Promise<{ app?: string | string[] }> }

/** `?app=NAME`: the first deployment of an app that is there already. */
export default async function NewAppPage({ searchParams }: Props) {
  const { app } = await searchParams
  const named = typeof app === 'string' && app !== '' ? app : null
  const [teams, platform, keys, existing] = await read((api) =>
    Promise.all([
      ownTeams(),
      api.meta.platform(),
      api.people.keys.list(),
      named === null ? null : api.apps.get({ app: named }),
    ]),
  )
  if (existing !== null && existing.latest !== null) redirect(`/apps/${existing.name}`)
  const able = teams.filter(({ can }) => can.includes('app.create'))
  const ending = shortUrl(platform.dashboardUrl).replace(/^berth/, '')
  return (
    <Page>
      <PageTitle>{existing === null ? 'New app' : `Deploy ${existing.name}`}</PageTitle>
      {able.length === 0 ? (
        <EmptyState title="You may look at apps, and not create them">
          <p className="text-muted">An owner or an admin of your team can make you a developer.</p>
        </EmptyState>
      ) : (
        <NewApp ending={ending} teams={able} existing={existing} hasKey={keys.length > 0} />
      )}
      <AsCommand
        commands={[
          'berth create my-app',
          'berth deploy --app my-app --image ghcr.io/you/app:1.4',
          'berth deploy --app my-app --git https://github.com/you/app.git',
        ]}
      />
    </Page>
  )
}
