'use client'

import type { AppDetail } from '@berth/api'
import { CopyButton, OutIcon, StateMark, TabNav, tabClass } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { createContext, type ReactNode, useContext } from 'react'
import { trpc } from '../live/trpc.ts'
import { type Live, useLive } from '../live/use-live.ts'
import { appTabs, isTabOf } from './frame/app-tabs.ts'
import { useEnterTeam } from './frame/place.tsx'
import { LostNotice } from './lost-notice.tsx'
import { appMarks } from './marks.ts'
import { shortUrl } from './short-url.ts'
import { StateIcon } from './state-icon.tsx'

const AppContext = createContext<Live<AppDetail> | null>(null)

/** The app around this page, as it is now. One poll serves the whole page. */
export function useApp(): Live<AppDetail> {
  const app = useContext(AppContext)
  if (!app) throw new Error('useApp is for pages of an app')
  return app
}

/** Name, state and address above every page of an app, and the way between them. */
export function AppFrame({ initial, children }: { initial: AppDetail; children: ReactNode }) {
  const live = useLive(initial, () => trpc.apps.get.query({ app: initial.name }), {
    app: initial.name,
    // Its state is that of its instances, too, which are no records.
    everyMs: 5_000,
  })
  const app = live.value
  useEnterTeam(app.team.id)
  return (
    <AppContext value={live}>
      <StateIcon state={app.state} />
      <div className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-6xl flex-col gap-1 px-6 pt-5 max-sm:px-4">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 max-sm:flex-col max-sm:items-start">
            <h1 className="text-xl font-semibold tracking-tight">{app.name}</h1>
            <span role="status">
              <StateMark {...appMarks[app.state]} />
            </span>
            <span className="flex min-w-0 items-center gap-0.5 text-muted sm:ml-auto">
              <a
                href={app.url}
                target="_blank"
                rel="noreferrer"
                className="inline-flex min-w-0 items-center gap-1.5 rounded-sm hover:text-accent"
              >
                <span className="truncate">{shortUrl(app.url)}</span>
                <OutIcon className="size-3.5 shrink-0" />
              </a>
              <CopyButton text={app.url} label="Copy the address" />
            </span>
          </div>
          <Tabs name={app.name} />
        </div>
      </div>
      {live.lost && (
        <div className="mx-auto w-full max-w-6xl px-6 pt-6 max-sm:px-4">
          <LostNotice lost />
        </div>
      )}
      {children}
    </AppContext>
  )
}

function Tabs({ name }: { name: string }) {
  const path = usePathname()
  const base = `/apps/${name}`
  return (
    <TabNav label={name}>
      {appTabs.map((tab) => {
        const href = base + tab.path
        const current = isTabOf(tab, path.slice(base.length))
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
  )
}
