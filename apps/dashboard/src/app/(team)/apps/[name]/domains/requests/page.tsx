import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { RequestsPage } from '../../../../../../parts/domains/requests-page.tsx'

export default async function DomainsRequestsPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const routing = await read((api) => api.routing.get({ app }))
  return (
    <>
      <RequestsPage initial={routing} />
      <AsCommand commands={[`berth routing set --max-body 25m --timeout 120 --sticky on --app ${app}`]} />
    </>
  )
}
