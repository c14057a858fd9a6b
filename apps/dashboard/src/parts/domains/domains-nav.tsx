'use client'

import { SideNav, sideLinkClass } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'

const parts = [
  { path: '', title: 'Domains' },
  { path: '/https', title: 'HTTPS' },
  { path: '/visitors', title: 'Visitors' },
  { path: '/requests', title: 'Requests' },
  { path: '/pages', title: 'Pages' },
]

/** How visitors come to an app, in parts. */
export function DomainsNav({ app, children }: { app: string; children: ReactNode }) {
  const current = usePathname()
  const base = `/apps/${app}/domains`
  const links = parts.map(({ path, title }) => (
    <Link
      key={path}
      href={base + path}
      className={sideLinkClass}
      aria-current={current === base + path ? 'page' : undefined}
    >
      {title}
    </Link>
  ))
  return (
    <SideNav label="How visitors come here" links={links}>
      {children}
    </SideNav>
  )
}
