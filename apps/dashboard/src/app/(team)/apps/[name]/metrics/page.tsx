import { read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { AppMetrics } from '../../../../../parts/metrics/app-metrics.tsx'
import { askedOf, metricsCommand, readMetricsQuery } from '../../../../../parts/metrics/metrics-query.ts'
import { partsOf } from '../../../../../parts/metrics/parts-of.ts'
import { Page } from '../../../../../parts/page.tsx'
import { unlessAway } from '../../../../../unless-away.ts'

type Props = {
  params: Promise<{ name: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function MetricsPage({ params, searchParams }: Props) {
  const app = decodeURIComponent((await params).name)
  const query = readMetricsQuery(await searchParams)
  const [metrics, instances] = await read((api) =>
    Promise.all([
      unlessAway(api.metrics.read({ app, ...askedOf(query, Date.now()) })),
      api.instances.list({ app }),
    ]),
  )
  return (
    <Page>
      <AppMetrics app={app} query={query} initial={metrics} parts={partsOf(instances, query.of)} />
      <AsCommand commands={[metricsCommand(app, query)]} />
    </Page>
  )
}
