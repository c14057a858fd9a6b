import { parseTheme, SkipLink, ThemeSwitch, TopBar, themeCookie } from '@berth/ui'
import { cookies } from 'next/headers'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { read } from '../../caller.ts'
import { Crumbs } from '../../parts/crumbs.tsx'
import { HealthDot } from '../../parts/health-dot.tsx'
import { SignOut } from '../../parts/sign-out.tsx'

/** What is around every page of a signed-in person. Each page asks the API itself: this is not what guards it. */
export default async function TeamLayout({ children }: { children: ReactNode }) {
  const [me, platform] = await read((api) => Promise.all([api.people.me(), api.meta.platform()]))
  const theme = parseTheme((await cookies()).get(themeCookie)?.value)
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink to="#content" />
      <TopBar
        left={<Crumbs team={me.teams[0]?.name ?? 'Apps'} />}
        right={
          <>
            <HealthDot initial={platform.workerHealthy} />
            <Link
              href="/account"
              className="inline-flex h-7 max-w-40 items-center rounded-md px-2.5 text-sm font-medium text-muted hover:bg-hover hover:text-text"
            >
              <span className="truncate">{me.name}</span>
            </Link>
            <SignOut className="max-sm:hidden" />
          </>
        }
      />
      <main id="content" className="flex flex-1 flex-col">
        {children}
      </main>
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-6xl items-center justify-between gap-4 px-6 py-4 text-sm text-muted max-sm:px-4">
          <span>
            Berth {platform.version} <span className="text-faint">·</span> {platform.baseDomain}
          </span>
          <ThemeSwitch initial={theme} />
        </div>
      </footer>
    </div>
  )
}
