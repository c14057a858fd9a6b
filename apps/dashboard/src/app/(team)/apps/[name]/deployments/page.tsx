import { read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { DeploymentHistory } from '../../../../../parts/deployments/history.tsx'
import { historyQuery } from '../../../../../parts/deployments/history-query.ts'
import { Page } from '../../../../../parts/page.tsx'

type Props = {
  params: Promise<{ name: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function DeploymentsPage({ params, searchParams }: Props) {
  const app = decodeURIComponent((await params).name)
  const query = historyQuery(await searchParams)
  const history = await read((api) => api.deployments.history({ app, ...query }))
  return (
    <Page>
      <DeploymentHistory app={app} initial={history} />
      <AsCommand commands={[`berth deployments --app ${app}`]} />
    </Page>
  )
}
