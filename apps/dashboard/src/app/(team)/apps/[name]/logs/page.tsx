import { read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { AppLogs } from '../../../../../parts/logs/app-logs.tsx'
import { logsCommand, readLogsQuery } from '../../../../../parts/logs/logs-query.ts'
import { Page } from '../../../../../parts/page.tsx'

type Props = {
  params: Promise<{ name: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function LogsPage({ params, searchParams }: Props) {
  const app = decodeURIComponent((await params).name)
  const query = readLogsQuery(firstOfEach(await searchParams))
  const [instances, deaths] = await read((api) =>
    Promise.all([api.instances.list({ app }), api.instances.deaths({ app, limit: 50 })]),
  )
  return (
    <Page>
      <AppLogs app={app} initial={{ instances, deaths }} />
      <AsCommand commands={[logsCommand(app, query)]} />
    </Page>
  )
}

function firstOfEach(given: Record<string, string | string[] | undefined>): URLSearchParams {
  const said = Object.entries(given).flatMap(([name, value]) => {
    const one = Array.isArray(value) ? value[0] : value
    return one === undefined ? [] : [[name, one]]
  })
  return new URLSearchParams(said)
}
