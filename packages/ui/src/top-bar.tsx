import type { ReactNode } from 'react'

/** The bar above every page: where one is on the left, who one is on the right. */
export function TopBar({ left, right }: { left: ReactNode; right: ReactNode }) {
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-14 max-w-6xl items-center justify-between gap-4 px-6 max-sm:px-4">
        <div className="flex min-w-0 items-center gap-3">{left}</div>
        <div className="flex shrink-0 items-center gap-1">{right}</div>
      </div>
    </header>
  )
}

/** The first thing a keyboard meets: past the bar, to the content. */
export function SkipLink({ to }: { to: string }) {
  return (
    <a
      href={to}
      className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-on-accent"
    >
      Skip to content
    </a>
  )
}
