import type { ReactNode } from 'react'

/** The parts of something large, such as settings: beside it on a wide screen, above it in a line on a narrow one. */
export function SideNav({
  label,
  links,
  children,
}: {
  label: string
  links: ReactNode
  children: ReactNode
}) {
  return (
    <div className="grid gap-x-10 gap-y-6 md:grid-cols-[11rem_minmax(0,1fr)]">
      <nav
        aria-label={label}
        className="-mx-2.5 flex gap-0.5 overflow-x-auto [scrollbar-width:none] md:sticky md:top-6 md:flex-col md:self-start"
      >
        {links}
      </nav>
      <div className="flex min-w-0 flex-col gap-10">{children}</div>
    </div>
  )
}

/** For the links: the current one carries `aria-current="page"`. */
export const sideLinkClass =
  'rounded-md px-2.5 py-1.5 text-base whitespace-nowrap text-muted transition-colors hover:bg-hover hover:text-text focus-visible:-outline-offset-2 aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-text'
