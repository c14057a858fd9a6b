'use client'

import type { DrainView } from '@berth/api'
import type { ErrorRecord } from '@berth/domain'
import { Button, Item, ItemList, RelativeTime, type SaidText, StateMark, sayCount } from '@berth/ui'
import { useState } from 'react'
import { failureIn, trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'
import { drainMark } from './drain-mark.ts'

type DrainListProps = {
  app: string
  drains: readonly DrainView[]
  mayChange: boolean
  onChanged: (said: SaidText) => void
}

export function DrainList({ app, drains, mayChange, onChanged }: DrainListProps) {
  const [removing, setRemoving] = useState<DrainView | null>(null)
  return (
    <>
      <ItemList label="Drains">
        {drains.map((drain) => (
          <DrainItem
            key={drain.id}
            app={app}
            drain={drain}
            mayChange={mayChange}
            onRemove={() => setRemoving(drain)}
          />
        ))}
      </ItemList>
      {removing && (
        <ConfirmChange
          title="Remove this drain"
          description="Nothing is sent there any more. What it got stays there; what waits is not sent."
          name={{ label: 'Address of the drain', value: removing.to }}
          action="Remove the drain"
          change={() => trpc.drains.remove.mutate({ app, id: removing.id })}
          onDone={() =>
            onChanged({
              title: `${removing.to} was removed.`,
              more: 'The log itself is kept here as before.',
            })
          }
          onClose={() => setRemoving(null)}
        />
      )}
    </>
  )
}

type ItemProps = { app: string; drain: DrainView; mayChange: boolean; onRemove: () => void }
type Tested = 'busy' | 'arrived' | ErrorRecord | null

function DrainItem({ app, drain, mayChange, onRemove }: ItemProps) {
  const [tested, setTested] = useState<Tested>(null)
  const test = () => {
    setTested('busy')
    trpc.drains.test.mutate({ app, id: drain.id }).then(
      () => setTested('arrived'),
      (error: unknown) => setTested(failureIn(error)),
    )
  }
  return (
    <Item
      stacks
      title={<span className="font-mono text-sm">{drain.to}</span>}
      mark={<StateMark {...drainMark(drain.state)} />}
      action={
        mayChange && (
          <>
            <Button size="small" busy={tested === 'busy'} onClick={test}>
              Send a test line
            </Button>
            <Button size="small" look="danger" onClick={onRemove}>
              Remove…
            </Button>
          </>
        )
      }
    >
      <Progress drain={drain} />
      <span role="status" className="empty:hidden">
        {tested === 'arrived' && <span className="text-good">The test line got there.</span>}
        {tested !== null && typeof tested === 'object' && (
          <span className="text-bad">
            {tested.message} {tested.hint}
          </span>
        )}
      </span>
    </Item>
  )
}

function Progress({ drain: { state, createdAt, by } }: { drain: DrainView }) {
  return (
    <>
      {state?.problem && (
        <span className="text-bad">
          {state.problem.message} {sayCount(state.waitingLines, 'line')} wait; it is tried again by itself.
        </span>
      )}
      <span>
        {state?.lastSentAt && (
          <>
            {sayCount(state.sentLines, 'line')} sent, the last <RelativeTime at={state.lastSentAt} />
            {' · '}
          </>
        )}
        Added <RelativeTime at={createdAt} />
        {by !== null && ` by ${by}`}
      </span>
      {state !== null && state.lostLines > 0 && (
        <span className="text-warn">
          {sayCount(state.lostLines, 'line')} went from the log before they could be sent.
        </span>
      )}
    </>
  )
}
