'use client'

import { type ReactNode, useEffect, useRef } from 'react'

/**
 * Tabs that are links: each has its own address. The current one carries `aria-current="page"`, and is in view where not
 * all of them are.
 */
export function TabNav({ label, children }: { label: string; children: ReactNode }) {
  const nav = useRef<HTMLElement>(null)
  // After every render: which one is current is known to the links alone.
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (nav.current && current) scrollInto(nav.current, current)
  })
  return (
    <nav
      ref={nav}
      aria-label={label}
      className="relative -mx-2.5 -mb-px flex gap-1 overflow-x-auto [scrollbar-width:none]"
    >
      {children}
    </nav>
  )
}

/** Sideways alone: `scrollIntoView` would move the page as well. */
function scrollInto(nav: HTMLElement, tab: HTMLElement): void {
  const beyond = tab.offsetLeft + tab.offsetWidth - nav.clientWidth - nav.scrollLeft
  if (beyond > 0) nav.scrollLeft += beyond + 24
  if (tab.offsetLeft < nav.scrollLeft) nav.scrollLeft = tab.offsetLeft - 24
}

export const tabClass =
  'relative px-2.5 pt-2 pb-3 text-base text-muted whitespace-nowrap transition-colors hover:text-text focus-visible:-outline-offset-2 after:absolute after:inset-x-2.5 after:bottom-0 after:h-0.5 after:rounded-full aria-[current=page]:text-text aria-[current=page]:font-medium aria-[current=page]:after:bg-accent data-[state=active]:text-text data-[state=active]:font-medium data-[state=active]:after:bg-accent'
