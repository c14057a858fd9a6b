import { Button } from '@berth/ui'
import Link from 'next/link'
import { Logo } from './logo.tsx'

/** The same for what is not there and for what one may not see. */
export function NotFound() {
  return (
    <NothingHere href="/" link="All apps">
      There is no such page, or it belongs to a team that you are not in.
    </NothingHere>
  )
}

type Props = { children: string; href: string; link: string }

/** What is missing in words, and the nearest page that is there. */
export function NothingHere({ children, href, link }: Props) {
  return (
    <div className="mx-auto flex min-h-[60dvh] max-w-sm flex-col items-start justify-center gap-6 px-4">
      <Logo className="size-8" />
      <div className="flex flex-col gap-1.5">
        <h1 className="text-2xl font-semibold tracking-tight">Nothing here</h1>
        <p className="text-muted">{children}</p>
      </div>
      <Button asChild>
        <Link href={href}>{link}</Link>
      </Button>
    </div>
  )
}
