'use client'

import { Breadcrumbs } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Logo } from './logo.tsx'

const linkClass =
  'truncate rounded-sm text-muted hover:text-text aria-[current=page]:font-medium aria-[current=page]:text-text'

/** Team / app: where one is, from the address. */
export function Crumbs({ team }: { team: string }) {
  const parts = usePathname().split('/').filter(Boolean)
  const here = placeOf(parts)
  return (
    <Breadcrumbs>
      <Link href="/" className="inline-flex shrink-0 items-center gap-2.5 rounded-sm font-semibold">
        <Logo />
        <span className="max-sm:sr-only">Berth</span>
      </Link>
      <Link href="/" className={linkClass} aria-current={parts.length === 0 ? 'page' : undefined}>
        {team}
      </Link>
      {here && (
        <Link href={here.href} className={linkClass} aria-current={here.isPage ? 'page' : undefined}>
          {here.name}
        </Link>
      )}
    </Breadcrumbs>
  )
}

function placeOf(parts: string[]): { name: string; href: string; isPage: boolean } | null {
  const [first, second] = parts
  if (first === 'account') return { name: 'Account', href: '/account', isPage: true }
  if (first !== 'apps' || !second) return null
  if (second === 'new') return { name: 'New app', href: '/apps/new', isPage: true }
  const name = decodeURIComponent(second)
  return { name, href: `/apps/${second}`, isPage: parts.length === 2 }
}
