'use client'

import type { DeathView } from '@berth/api'
import { sayDeath } from '@berth/observe/say-exit.ts'
import { RelativeTime, Section, Shape, sayDuration } from '@berth/ui'

/** Ends that nobody asked for, newest first. Absent where there was none. */
export function DeathList({ deaths, onOpen }: { deaths: DeathView[]; onOpen: (id: string) => void }) {
  if (deaths.length === 0) return null
  return (
    <Section title="Crashes" description="The newest ten. Each has its last lines.">
      <ul className="divide-y divide-line rounded-md border border-line bg-surface">
        {deaths.map((death) => (
          <li key={death.id}>
            <button
              type="button"
              onClick={() => onOpen(death.id)}
              className="flex w-full flex-wrap items-baseline gap-x-4 gap-y-0.5 px-5 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
            >
              <Shape shape="triangle" className="self-center text-bad" />
              <span className="min-w-0 flex-1 basis-56 font-medium">{sayDeath(death.instance, death)}</span>
              <span className="text-sm text-muted">
                v{death.releaseVersion}
                {death.ranMs !== null && ` · ran ${sayDuration(death.ranMs)}`}
                {' · '}
                <RelativeTime at={death.endedAt} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}
