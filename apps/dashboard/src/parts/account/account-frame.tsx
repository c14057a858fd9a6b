'use client'

import type { MeView } from '@berth/api'
import { SideNav, sideLinkClass } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { Page, PageTitle } from '../page.tsx'
import { SignOut } from '../sign-out.tsx'

const parts = [
  { path: '/account', title: 'General' },
  { path: '/account/security', title: 'Signing in' },
  { path: '/account/sessions', title: 'Sessions' },
  { path: '/account/keys', title: 'SSH keys' },
  { path: '/account/tokens', title: 'API tokens' },
  { path: '/account/activity', title: 'Activity' },
] as const

/** Who one is, above the parts of one's account. */
export function AccountFrame({ me, children }: { me: MeView; children: ReactNode }) {
  const path = usePathname()
  const links = parts.map((part) => (
    <Link
      key={part.path}
      href={part.path}
      className={sideLinkClass}
      aria-current={part.path === path ? 'page' : undefined}
    >
      {part.title}
    </Link>
  ))
  return (
    <Page>
      <div className="flex flex-col gap-1">
        <PageTitle action={<SignOut />}>{me.name}</PageTitle>
        <p className="break-words text-muted">
          {me.email}
          {me.teams.map((team) => ` · ${team.role} of ${team.name}`)}
        </p>
      </div>
      <SideNav label="Account" links={links}>
        {children}
      </SideNav>
    </Page>
  )
}
