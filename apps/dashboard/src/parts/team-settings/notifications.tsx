'use client'

import type { DeliveryView, TargetView, TeamView } from '@berth/api'
import { Button, EmptyState, ItemList, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { AsCommand } from '../as-command.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { AddTarget } from './add-target.tsx'
import { Deliveries } from './deliveries.tsx'
import { TargetItem } from './target-item.tsx'

export type NotificationsNow = { targets: TargetView[]; deliveries: DeliveryView[] }

type NotificationsProps = { team: TeamView; initial: NotificationsNow; apps: string[] }

/** Where the team is told of what happens while nobody looks. */
export function Notifications({ team, initial, apps }: NotificationsProps) {
  const { value, lost, readNow } = useLive(initial, () => readNotifications(team.id), { everyMs: 15_000 })
  const [adding, setAdding] = useState(false)
  const { targets, deliveries } = value
  const mayChange = team.can.includes('team.notifications.change')
  const addButton = mayChange && (
    <Button size="small" onClick={() => setAdding(true)}>
      Add a notification
    </Button>
  )
  return (
    <>
      <LostNotice lost={lost} />
      <Section
        title="Notifications"
        description="Who is told of failures, crashes and certificates while nobody looks."
        action={targets.length > 0 && addButton}
      >
        {targets.length === 0 ? (
          <EmptyState title="Nobody is told of anything yet.">
            <p className="max-w-prose text-muted">
              Add a mail address, a channel of Slack or the like, or a webhook for a program of yours.
            </p>
            {mayChange && <div>{addButton}</div>}
          </EmptyState>
        ) : (
          <ItemList label="Notifications">
            {targets.map((target) => (
              <TargetItem key={target.id} {...{ team, target, apps }} onChanged={readNow} />
            ))}
          </ItemList>
        )}
      </Section>
      <Deliveries deliveries={deliveries} />
      <AsCommand
        commands={
          mayChange
            ? [
                'berth notifications add mail ops@example.com --on crash-loop,build-failed',
                'berth notifications deliveries',
              ]
            : ['berth notifications', 'berth notifications deliveries']
        }
      />
      {adding && <AddTarget team={team} apps={apps} onAdded={readNow} onClose={() => setAdding(false)} />}
    </>
  )
}

async function readNotifications(team: string): Promise<NotificationsNow> {
  const [targets, deliveries] = await Promise.all([
    trpc.notifications.list.query({ team }),
    trpc.notifications.deliveries.query({ team }),
  ])
  return { targets, deliveries }
}
