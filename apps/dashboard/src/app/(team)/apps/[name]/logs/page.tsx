import { read } from '../../../../../caller.ts'
import { AppLog } from '../../../../../parts/app-log.tsx'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { Page } from '../../../../../parts/page.tsx'

type Props = {
  params: Promise<{ name: string }>
  searchParams: Promise<{ instance?: string | string[]; q?: string | string[] }>
}

export default async function LogsPage({ params, searchParams }: Props) {
  const app = decodeURIComponent((await params).name)
  const { instance, q } = await searchParams
  const instances = await read((api) => api.instances.list({ app }))
  return (
    <Page>
      <AppLog app={app} initialInstances={instances} instance={one(instance)} search={one(q)} />
      <AsCommand commands={[`berth logs -f --app ${app}`]} />
    </Page>
  )
}

function one(given: string | string[] | undefined): string | null {
  return (Array.isArray(given) ? given[0] : given) || null
}
