import { read } from '../../../../caller.ts'
import { AsCommand } from '../../../../parts/as-command.tsx'
import { AppOverview } from '../../../../parts/overview/app-overview.tsx'
import { Page } from '../../../../parts/page.tsx'
import { unlessAway } from '../../../../unless-away.ts'

export default async function AppPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const [instances, deployments, deaths, metrics, keys] = await read((api) =>
    Promise.all([
      api.instances.list({ app }),
      api.deployments.list({ app, limit: 20 }),
      api.instances.deaths({ app, limit: 20 }),
      unlessAway(api.metrics.read({ app })),
      api.people.keys.list(),
    ]),
  )
  return (
    <Page>
      <AppOverview initial={{ instances, deployments, deaths, metrics }} hasKey={keys.length > 0} />
      <AsCommand
        commands={[`berth ps --app ${app}`, `berth crashes --app ${app}`, `berth metrics --app ${app}`]}
      />
    </Page>
  )
}
