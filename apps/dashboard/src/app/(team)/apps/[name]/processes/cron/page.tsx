import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { Page } from '../../../../../../parts/page.tsx'
import { CronPage } from '../../../../../../parts/processes/cron/cron-page.tsx'

type Props = {
  params: Promise<{ name: string }>
  searchParams: Promise<{ job?: string | string[] }>
}

export default async function Cron({ params, searchParams }: Props) {
  const app = decodeURIComponent((await params).name)
  const { job } = await searchParams
  const chosen = typeof job === 'string' && job !== '' ? job : null
  const initial = await read(async (api) => {
    const [jobs, runs] = await Promise.all([
      api.cron.list({ app }),
      chosen === null ? [] : api.cron.history({ app, name: chosen }),
    ])
    return { jobs, runs }
  })
  return (
    <Page>
      <CronPage app={app} chosen={chosen} initial={initial} />
      <AsCommand
        commands={[
          `berth cron --app ${app}`,
          `berth cron add "30 2 * * *" --name nightly --app ${app} -- bin/report`,
          `berth cron run nightly --app ${app}`,
          `berth cron history nightly --app ${app}`,
        ]}
      />
    </Page>
  )
}
