import { read } from '../../../../../caller.ts'
import { ConsolePage } from '../../../../../parts/console/console-page.tsx'
import { isPlace } from '../../../../../parts/console/session-of.ts'
import { Page } from '../../../../../parts/page.tsx'

type Props = {
  params: Promise<{ name: string }>
  searchParams: Promise<{ in?: string | string[] }>
}

export default async function Console({ params, searchParams }: Props) {
  const app = decodeURIComponent((await params).name)
  const { in: asked } = await searchParams
  const instances = await read((api) => api.instances.list({ app }))
  const place = typeof asked === 'string' && isPlace(asked) ? asked : null
  return (
    <Page>
      <ConsolePage key={place} app={app} place={place} initial={instances} />
    </Page>
  )
}
