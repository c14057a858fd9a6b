'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'

/** The pages below Processes. */
export function ProcessNav({ app }: { app: string }) {
  const path = usePathname()
  const base = `/apps/${app}/processes`
  const places = [
    { href: base, title: 'Process types' },
    { href: `${base}/cron`, title: 'Cron' },
  ]
  return (
    <nav aria-label="Processes" className="flex w-fit rounded-md border border-line bg-surface p-0.5">
      {places.map(({ href, title }) => (
        <Link
          key={href}
          href={href}
          aria-current={path === href ? 'page' : undefined}
          className="rounded-sm px-3 py-1 text-sm text-muted hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-text"
        >
          {title}
        </Link>
      ))}
    </nav>
  )
}
