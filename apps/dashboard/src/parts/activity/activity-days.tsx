'use client'

import { sayDay } from '@berth/ui'
import { ActivityEntry } from './activity-entry.tsx'
import type { Entry } from './entry.ts'

const dayMs = 24 * 60 * 60_000

/** Entries under the day that they are of, the newest first. */
export function ActivityDays({ entries, own }: { entries: Entry[]; own?: boolean }) {
  const days = Map.groupBy(entries, ({ at }) => at.slice(0, 10))
  return (
    <div className="flex flex-col gap-6">
      {[...days].map(([day, ofDay]) => (
        <section key={day} aria-label={titleOf(day)} className="flex flex-col gap-2">
          <h2 className="text-sm font-medium text-muted" suppressHydrationWarning>
            {titleOf(day)}
          </h2>
          <ul className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface">
            {ofDay.map((entry) => (
              <ActivityEntry key={entry.id} entry={entry} own={own} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

/** `Today`, `Yesterday`, `20 Nov`; by UTC, as all times are. */
function titleOf(day: string): string {
  const ago = Math.floor(Date.now() / dayMs) - Math.floor(Date.parse(day) / dayMs)
  if (ago === 0) return 'Today'
  if (ago === 1) return 'Yesterday'
  return ago < 300 ? sayDay(Date.parse(day)) : `${sayDay(Date.parse(day))} ${day.slice(0, 4)}`
}
