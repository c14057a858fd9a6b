'use client'

import type { ConfigurationHistoryEntry, ConfigurationView } from '@berth/api'
import { Button, Notice, RelativeTime } from '@berth/ui'
import { useEffect, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useApp } from '../app-frame.tsx'
import { changedSince } from './changed-since.ts'
import { namesIn } from './draft.ts'
import { listed } from './say-saving.ts'
import type { HeldDraft } from './use-draft.ts'

/** Somebody saved while this draft was written. Nothing of it is lost; its person says that they have seen it. */
export function OvertakenNotice({ held, now }: { held: HeldDraft; now: ConfigurationView }) {
  const names = useNames(held.base, now)
  const mine = namesIn(held.draft).filter((name) => names.includes(name))
  return (
    <Notice
      tone="warn"
      title={
        <>
          {now.changed?.by ?? 'Somebody'} changed the configuration{' '}
          {now.changed && <RelativeTime at={now.changed.at} />}
        </>
      }
    >
      <div className="flex flex-col items-start gap-2">
        <p>
          {names.length > 0 && <>It was {listed(names)}. </>}
          Your draft is still here.{' '}
          {mine.length > 0 && (
            <strong className="font-medium text-text">
              Saving it replaces what they said of {listed(mine)}.
            </strong>
          )}
        </p>
        <Button size="small" onClick={held.goOn}>
          Go on with my draft
        </Button>
      </div>
    </Notice>
  )
}

/** By name: what came and went, and, from its releases, what got another value. */
function useNames(base: ConfigurationView, now: ConfigurationView): string[] {
  const { value: app } = useApp()
  const [history, setHistory] = useState<ConfigurationHistoryEntry[]>([])
  const changedAt = now.changed?.at
  // biome-ignore lint/correctness/useExhaustiveDependencies: read anew after each change.
  useEffect(() => {
    // What cannot be read is not named; that something was changed is said all the same.
    trpc.configuration.history.query({ app: app.name, releases: 20 }).then(
      ({ changes }) => setHistory(changes),
      () => setHistory([]),
    )
  }, [app.name, changedAt])
  return changedSince(base, now, history)
}
