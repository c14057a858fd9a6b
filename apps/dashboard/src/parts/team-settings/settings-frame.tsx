'use client'

import type { Action, TeamView } from '@berth/api'
import { SideNav, sideLinkClass } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { usePlace } from '../frame/place.tsx'
import { teamPath } from '../frame/team-path.ts'
import { Page, PageTitle } from '../page.tsx'

type SettingsPart = { path: string; title: string; needs?: Action }

const parts: readonly SettingsPart[] = [
  { path: '', title: 'General' },
  { path: '/notifications', title: 'Notifications', needs: 'team.notifications.view' },
  { path: '/registries', title: 'Registries', needs: 'team.registries.view' },
]

/** What is set about a team, part by part. What one may not look at is not offered. */
export function SettingsFrame({ team: given, children }: { team: TeamView; children: ReactNode }) {
  const { teams } = usePlace()
  const path = usePathname()
  const team = teams.find(({ id }) => id === given.id) ?? given
  const base = `${teamPath(team, teams)}/settings`
  const current = path.split('/')[4] ?? ''
  const links = parts
    .filter(({ needs }) => needs === undefined || team.can.includes(needs))
    .map(({ path: part, title }) => (
      <Link
        key={part}
        href={base + part}
        className={sideLinkClass}
        aria-current={part === (current && `/${current}`) ? 'page' : undefined}
      >
        {title}
      </Link>
    ))
  return (
    <Page>
      <PageTitle>Settings</PageTitle>
      <SideNav label="Settings" links={links}>
        {children}
      </SideNav>
    </Page>
  )
}
