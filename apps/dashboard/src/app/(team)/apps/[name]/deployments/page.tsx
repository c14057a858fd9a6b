import { read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { DeploymentList } from '../../../../../parts/deployments/history.tsx'
import { Page } from '../../../../../parts/page.tsx'

export default async function DeploymentsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const deployments = await read((api) => api.deployments.list({ app, limit: 100 }))
  return (
    <Page>
      <DeploymentList app={app} initial={deployments} />
      <AsCommand commands={[`berth deployments --app ${app}`]} />
    </Page>
  )
}
