import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { VisitorsPage } from '../../../../../../parts/domains/visitors-page.tsx'

export default async function DomainsVisitorsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const routing = await read((api) => api.routing.get({ app }))
  return (
    <>
      <VisitorsPage initial={routing} />
      <AsCommand commands={[`berth maintenance on --app ${app}`, `berth http-auth add ann --app ${app}`]} />
    </>
  )
}
