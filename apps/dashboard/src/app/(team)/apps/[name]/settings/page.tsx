import { read } from '../../../../../caller.ts'
import { AppSettings } from '../../../../../parts/app-settings/app-settings.tsx'
import { Page } from '../../../../../parts/page.tsx'

export default async function SettingsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const deployKeys = await read((api) => api.deployKeys.list({ app }))
  return (
    <Page>
      <AppSettings deployKeys={deployKeys} />
    </Page>
  )
}
