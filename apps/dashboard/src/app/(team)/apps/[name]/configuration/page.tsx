import { read } from '../../../../../caller.ts'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { ConfigurationPage } from '../../../../../parts/configuration/configuration-page.tsx'
import { Page } from '../../../../../parts/page.tsx'

export default async function AppConfigurationPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const [initial, history] = await Promise.all([
    read((api) => api.configuration.list({ app })),
    read((api) => api.configuration.history({ app, releases: 20 })),
  ])
  return (
    <Page>
      <ConfigurationPage initial={initial} history={history} />
      <AsCommand
        commands={[
          `berth config --app ${app}`,
          `berth config set GREETING=hello --app ${app}`,
          `berth config import .env --app ${app}`,
          `berth config file set key.pem --from ./key.pem --app ${app}`,
        ]}
      />
    </Page>
  )
}
