'use client'

import type { OneOffView } from '@berth/observe'
import { Button, RelativeTime, type SaidText, Section } from '@berth/ui'
import Link from 'next/link'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useApp } from '../app-frame.tsx'
import { ConfirmChange } from '../confirm-change.tsx'

const kinds: Record<OneOffView['kind'], string> = {
  attached: 'Somebody is joined to it',
  detached: 'Runs by itself',
  cron: 'A job of the schedule',
}

type ListProps = { app: string; oneOffs: OneOffView[] | null; onSaid: (said: SaidText) => void }

/** Commands that run beside the instances. */
export function OneOffList({ app, oneOffs, onSaid }: ListProps) {
  const { value: shown } = useApp()
  const [ending, setEnding] = useState<string | null>(null)
  const may = shown.can.includes('app.console')
  if (oneOffs === null) return null
  return (
    <Section title="One-off instances">
      {oneOffs.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
          None runs. A migration, an import, a shell: each gets an instance of its own, which is gone when it
          ends.{' '}
          {may && (
            <Link
              href={`/apps/${app}/console?in=run`}
              className="font-medium text-accent hover:text-accent-strong"
            >
              Run a command
            </Link>
          )}
        </p>
      ) : (
        <ul className="divide-y divide-line rounded-md border border-line bg-surface">
          {oneOffs.map((one) => (
            <li key={one.containerId} className="flex flex-wrap items-center gap-x-5 gap-y-1 px-5 py-2.5">
              <span className="w-20 font-medium">{one.name}</span>
              <span className="min-w-0 flex-1 basis-40">{kinds[one.kind]}</span>
              <span className="text-sm text-muted">
                v{one.releaseVersion}
                {one.startedAt && (
                  <>
                    {' · '}started <RelativeTime at={one.startedAt} />
                  </>
                )}
                {one.endsAt && ` · until ${one.endsAt.slice(11, 16)} UTC at the latest`}
              </span>
              {may && (
                <Button
                  size="small"
                  look="quiet"
                  onClick={() => setEnding(one.name)}
                  className="max-sm:ml-auto"
                >
                  End<span className="sr-only"> {one.name}</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {ending !== null && (
        <ConfirmChange
          title={`End ${ending}`}
          description="What it is doing is broken off. Whoever is joined to it is told."
          action="End it"
          keep="Let it run"
          change={() => trpc.oneOffs.stop.mutate({ app, instance: ending })}
          onDone={() => onSaid({ title: `${ending} is being ended.` })}
          onClose={() => setEnding(null)}
        />
      )}
    </Section>
  )
}
