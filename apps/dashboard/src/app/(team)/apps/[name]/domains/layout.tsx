import type { ReactNode } from 'react'
import { DomainsNav } from '../../../../../parts/domains/domains-nav.tsx'
import { Page } from '../../../../../parts/page.tsx'

type Props = { children: ReactNode; params: Promise<{ name: string }> }

export default async function DomainsLayout({ children, params }: Props) {
  const app = decodeURIComponent((await params).name)
  return (
    <Page>
      <DomainsNav app={app}>{children}</DomainsNav>
    </Page>
  )
}
