import type { ReactNode } from 'react'

/** Tabs that are links: each has its own address. The current one carries `aria-current="page"`. */
export function TabNav({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="-mx-2.5 -mb-px flex gap-1 overflow-x-auto [scrollbar-width:none]">
      {children}
    </nav>
  )
}

export const tabClass =
  'relative px-2.5 pt-2 pb-3 text-base text-muted whitespace-nowrap transition-colors hover:text-text focus-visible:-outline-offset-2 after:absolute after:inset-x-2.5 after:bottom-0 after:h-0.5 after:rounded-full aria-[current=page]:text-text aria-[current=page]:font-medium aria-[current=page]:after:bg-accent data-[state=active]:text-text data-[state=active]:font-medium data-[state=active]:after:bg-accent'
