import { read } from '../../../../caller.ts'
import { AsCommand } from '../../../../parts/as-command.tsx'
import { NewApp } from '../../../../parts/new-app.tsx'
import { Page, PageTitle } from '../../../../parts/page.tsx'
import { shortUrl } from '../../../../parts/short-url.ts'

export const metadata = { title: 'New app' }

export default async function NewAppPage() {
  const [platform, keys] = await read((api) => Promise.all([api.meta.platform(), api.people.keys.list()]))
  return (
    <Page>
      <PageTitle>New app</PageTitle>
      <NewApp ending={shortUrl(platform.dashboardUrl).replace(/^berth/, '')} hasKey={keys.length > 0} />
      <AsCommand commands={['berth create my-app']} />
    </Page>
  )
}
