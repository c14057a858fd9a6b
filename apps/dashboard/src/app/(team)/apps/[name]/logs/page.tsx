import { read } from '../../../../../caller.ts'
import { AppLogs } from '../../../../../parts/logs/app-logs.tsx'
import { Page } from '../../../../../parts/page.tsx'

export default async function LogsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const [instances, deaths] = await read((api) =>
    Promise.all([api.instances.list({ app }), api.instances.deaths({ app, limit: 50 })]),
  )
  return (
    <Page>
      <AppLogs app={app} initial={{ instances, deaths }} />
    </Page>
  )
}
