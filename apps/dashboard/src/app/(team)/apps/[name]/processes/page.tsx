import { read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { Page } from '../../../../../parts/page.tsx'
import { ProcessesPage } from '../../../../../parts/processes/processes-page.tsx'

type Props = { params: Promise<{ name: string }> }

export default async function Processes({ params }: Props) {
  const app = decodeURIComponent((await params).name)
  const initial = await read(async (api) => {
    const [processes, limits, bounds, instances, deaths, oneOffs] = await Promise.all([
      api.processes.list({ app }),
      api.limits.list({ app }),
      api.limits.bounds({ app }),
      api.instances.list({ app }),
      api.instances.deaths({ app, limit: 10 }),
      api.oneOffs.list({ app }),
    ])
    return { processes, limits, bounds, instances, deaths, oneOffs }
  })
  return (
    <Page>
      <ProcessesPage app={app} initial={initial} />
      <AsCommand
        commands={[
          `berth ps --app ${app}`,
          `berth ps:scale web=2 --app ${app}`,
          `berth limits set web --memory 512m --cpu 0.5 --app ${app}`,
          `berth crashes --app ${app}`,
        ]}
      />
    </Page>
  )
}
