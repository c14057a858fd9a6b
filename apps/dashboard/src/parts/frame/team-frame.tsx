'use client'

import type { TeamView } from '@berth/api'
import { Notice, TabNav, tabClass } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect } from 'react'
import { Page } from '../page.tsx'
import { useEnterTeam, usePlace } from './place.tsx'
import { rememberTeam } from './remember-team.ts'
import { teamPath } from './team-path.ts'
import { tabHref, tabsFor } from './team-tabs.ts'

/** The way between the pages of a team. */
export function TeamFrame({ team, children }: { team: TeamView; children: ReactNode }) {
  useEnterTeam(team.id)
  useEffect(() => rememberTeam(team.id), [team.id])
  return (
    <>
      <TeamTabs team={team} />
      {team.barred === null ? children : <Barred team={team} />}
    </>
  )
}

function TeamTabs({ team: given }: { team: TeamView }) {
  const path = usePathname()
  const { teams } = usePlace()
  const team = teams.find(({ id }) => id === given.id) ?? given
  const base = teamPath(team, teams)
  return (
    <div className="border-b border-line bg-surface">
      <div className="mx-auto max-w-6xl px-6 pt-1 max-sm:px-4">
        <TabNav label={team.name}>
          {tabsFor(team, teams).map((tab) => {
            const href = tabHref(tab, base)
            const current = tab.path === pageOf(path)
            return (
              <Link
                key={href}
                href={href}
                prefetch={false}
                className={tabClass}
                aria-current={current ? 'page' : undefined}
              >
                {tab.title}
              </Link>
            )
          })}
        </TabNav>
      </div>
    </div>
  )
}

/** `/members` of `/teams/Harbour/members/bob`, and `/machine`: as the tabs say it. */
function pageOf(path: string): string {
  const [, level, , page = ''] = path.split('/')
  if (level === 'machine') return '/machine'
  return page === '' ? '' : `/${page}`
}

/** The team asks for more than this sign-in has shown. */
function Barred({ team }: { team: TeamView }) {
  const asksFactor = team.barred === 'second-factor'
  const title = asksFactor
    ? `${team.name} asks its members for a second factor.`
    : `${team.name} asks its members to sign in with ${team.demands.signOn ?? 'its own provider'}.`
  return (
    <Page>
      <h1 className="sr-only">{team.name}</h1>
      <Notice tone="warn" title={title}>
        {asksFactor ? (
          <>
            Set one up in{' '}
            <Link href="/account/security" className="font-medium text-text underline underline-offset-2">
              your account
            </Link>
            , and the team is here again.
          </>
        ) : (
          'Sign out, sign in that way, and the team is here again.'
        )}
      </Notice>
    </Page>
  )
}
