import { parseTheme, ThemeSwitch, themeCookie } from '@berth/ui'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { Logo } from '../../parts/logo.tsx'

/** What is around the pages of somebody who is not signed in. */
export default async function OpenLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(themeCookie)?.value)
  return (
    <div className="flex min-h-dvh flex-col">
      <main className="flex flex-1 flex-col items-center justify-center px-4 py-12">
        <div className="flex w-full max-w-sm flex-col gap-8">
          <div className="flex items-center gap-2.5 font-semibold">
            <Logo className="size-8" />
            <span className="text-lg">Berth</span>
          </div>
          {children}
        </div>
      </main>
      <footer className="flex justify-center pb-6">
        <ThemeSwitch initial={theme} />
      </footer>
    </div>
  )
}
