import { read } from '../../../../../../caller.ts'
import { AsCommand } from '../../../../../../parts/as-command.tsx'
import { PagesPage } from '../../../../../../parts/domains/pages-page.tsx'

export default async function DomainsPagesPage({ params }: { params: Promise<{ name: string }> }) {
  const app = decodeURIComponent((await params).name)
  const routing = await read((api) => api.routing.get({ app }))
  return (
    <>
      <PagesPage initial={routing} />
      <AsCommand
        commands={[
          `berth routing page maintenance soon.html --app ${app}`,
          `berth routing page maintenance --app ${app}`,
        ]}
      />
    </>
  )
}
