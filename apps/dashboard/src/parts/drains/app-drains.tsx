'use client'

import type { DrainView } from '@berth/api'
import { EmptyState, Said, type SaidText, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useApp } from '../app-frame.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { AddDrain } from './add-drain.tsx'
import { DrainList } from './drain-list.tsx'

/** Where the log is sent besides, and how that gets on. */
export function AppDrains({ initial }: { initial: DrainView[] }) {
  const { value: app } = useApp()
  const live = useLive(initial, () => trpc.drains.list.query({ app: app.name }), {
    app: app.name,
    everyMs: 5_000,
  })
  const [said, setSaid] = useState<SaidText | null>(null)
  const mayChange = app.can.includes('app.drains.change')
  const changed = (words: SaidText) => {
    setSaid(words)
    live.readNow()
  }
  return (
    <div className="flex flex-col gap-8">
      <LostNotice lost={live.lost} />
      <Section
        title="Drains"
        description="Send the log to a service that keeps and searches it for longer. While a receiver is away, lines wait in the log; nothing is lost that is still kept."
      >
        <Said said={said} onRead={() => setSaid(null)} />
        {live.value.length === 0 ? (
          <EmptyState title="The log is sent nowhere else.">
            <p className="text-muted">
              {mayChange ? 'Add where it should go, below.' : 'A developer of the team can add a drain.'}
            </p>
          </EmptyState>
        ) : (
          <DrainList app={app.name} drains={live.value} mayChange={mayChange} onChanged={changed} />
        )}
      </Section>
      {mayChange && (
        <AddDrain
          app={app.name}
          onAdded={(drain) =>
            changed({
              title: `The log goes to ${drain.to} from now on.`,
              more: 'Send a test line to be sure.',
            })
          }
        />
      )}
    </div>
  )
}
