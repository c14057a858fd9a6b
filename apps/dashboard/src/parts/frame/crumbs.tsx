'use client'

import { Breadcrumbs } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Logo } from '../logo.tsx'
import { crumbsOf } from './crumbs-of.ts'
import { usePlace } from './place.tsx'
import { TeamSwitcher } from './team-switcher.tsx'

const linkClass =
  'block truncate rounded-sm text-muted hover:text-text aria-[current=page]:font-medium aria-[current=page]:text-text'

/** Team / app / page: where one is, from the address. */
export function Crumbs() {
  const crumbs = crumbsOf(usePathname())
  const { team } = usePlace()
  return (
    <Breadcrumbs>
      <Link href="/" className="inline-flex shrink-0 items-center gap-2.5 rounded-sm font-semibold">
        <Logo />
        <span className="sr-only">Berth</span>
      </Link>
      {team && <TeamSwitcher team={team} />}
      {crumbs.map(({ title, href }, index) => (
        <Link
          key={href}
          href={href}
          className={linkClass}
          aria-current={index === crumbs.length - 1 ? 'page' : undefined}
        >
          {title}
        </Link>
      ))}
    </Breadcrumbs>
  )
}
