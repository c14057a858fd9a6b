import { read } from '../../../../caller.ts'
import { AppOverview } from '../../../../parts/app-overview.tsx'
import { AsCommand } from '../../../../parts/as-command.tsx'
import { Page } from '../../../../parts/page.tsx'

export default async function AppPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const [instances, deployments] = await read((api) =>
    Promise.all([api.instances.list({ app }), api.deployments.list({ app, limit: 5 })]),
  )
  return (
    <Page>
      <AppOverview initial={{ instances, deployments }} />
      <AsCommand commands={[`berth ps --app ${app}`, `berth deployments --app ${app}`]} />
    </Page>
  )
}
