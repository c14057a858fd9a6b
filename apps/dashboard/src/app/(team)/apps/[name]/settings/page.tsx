import { read } from '../../../../../caller.ts'
import { AppSettings } from '../../../../../parts/app-settings.tsx'
import { AsCommand } from '../../../../../parts/as-command.tsx'
import { Page } from '../../../../../parts/page.tsx'

export default async function SettingsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  await read((api) => api.apps.get({ app }))
  return (
    <Page>
      <AppSettings />
      <AsCommand commands={[`berth releases --app ${app}`]} />
    </Page>
  )
}
