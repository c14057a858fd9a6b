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
  'border-b-2 border-transparent px-2.5 pt-2 pb-2.5 text-base text-muted whitespace-nowrap transition-colors hover:text-text focus-visible:-outline-offset-2 aria-[current=page]:border-accent aria-[current=page]:text-text aria-[current=page]:font-medium'
