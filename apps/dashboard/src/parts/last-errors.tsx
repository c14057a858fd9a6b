'use client'

import type { InstanceView } from '@berth/observe'
import { sayExit } from '@berth/observe/say-exit.ts'
import { RelativeTime, Section, sayCount } from '@berth/ui'
import Link from 'next/link'

/** What ended though it should run. Absent where nothing did. */
export function LastErrors({ instances, app }: { instances: InstanceView[] | null; app: string }) {
  const ended = (instances ?? []).flatMap((instance) =>
    instance.lastExit ? [{ instance, exit: instance.lastExit }] : [],
  )
  if (ended.length === 0) return null
  return (
    <Section title="Last errors">
      <ul className="divide-y divide-line rounded-md border border-line bg-surface">
        {ended.map(({ instance, exit }) => (
          <li key={instance.containerId} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3">
            <span className="font-medium sm:w-24">{instance.name}</span>
            <span className="flex-1 max-sm:order-last max-sm:basis-full">{sayExit(exit)}</span>
            <span className="text-sm text-muted">
              {instance.restarts > 0 && `${sayCount(instance.restarts, 'restart')} · `}
              <RelativeTime at={exit.at} />
            </span>
            <Link
              href={`/apps/${app}/logs?instance=${instance.name}`}
              className="rounded-sm text-sm font-medium text-accent hover:text-accent-strong"
            >
              Last lines
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
