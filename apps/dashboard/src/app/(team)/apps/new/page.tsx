import { EmptyState } from '@berth/ui'
import { read } from '../../../../caller.ts'
import { ownTeams } from '../../../../own-teams.ts'
import { AsCommand } from '../../../../parts/as-command.tsx'
import { NewApp } from '../../../../parts/new-app/new-app.tsx'
import { Page, PageTitle } from '../../../../parts/page.tsx'
import { shortUrl } from '../../../../parts/short-url.ts'

export const metadata = { title: 'New app' }

type Props = { searchParams: Promise<{ app?: string | string[] }> }

/** `?app=NAME`: its first deployment, where it was made already. */
export default async function NewAppPage({ searchParams }: Props) {
  const { app } = await searchParams
  const existing = typeof app === 'string' && app !== '' ? app : null
  const [teams, platform, keys] = await read((api) =>
    Promise.all([
      ownTeams(),
      api.meta.platform(),
      api.people.keys.list(),
      existing === null ? null : api.apps.get({ app: existing }),
    ]),
  )
  const able = teams.filter(({ can }) => can.includes('app.create'))
  const ending = shortUrl(platform.dashboardUrl).replace(/^berth/, '')
  return (
    <Page>
      <PageTitle>{existing === null ? 'New app' : `Deploy ${existing}`}</PageTitle>
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
