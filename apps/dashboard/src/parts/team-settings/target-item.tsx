'use client'

import type { DeliveryView, TargetView, TeamView } from '@berth/api'
import { Button, Item, Notice, RelativeTime } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { ConfirmChange } from '../confirm-change.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { ChangeTarget } from './change-target.tsx'
import { sayKinds } from './notice-words.ts'

export const kindWords = { mail: 'Mail', slack: 'Slack and its like', webhook: 'Signed webhook' }

type TargetItemProps = { team: TeamView; target: TargetView; apps: string[]; onChanged: () => void }

/** Where notifications go, with what came of the last test. */
export function TargetItem({ team, target, apps, onChanged }: TargetItemProps) {
  const [asked, setAsked] = useState<'change' | 'remove' | null>(null)
  const [tested, setTested] = useState<DeliveryView | null>(null)
  const { run, busy, failure } = useMutation(test)
  const mayChange = team.can.includes('team.notifications.change')
  const tryIt = async () => {
    setTested(null)
    setTested((await run({ team: team.id, id: target.id })) ?? null)
    onChanged()
  }
  return (
    <Item
      stacks
      title={target.to}
      mark={<span className="text-sm text-muted">{kindWords[target.kind]}</span>}
      action={
        mayChange && (
          <>
            <Button size="small" busy={busy} onClick={tryIt}>
              {busy ? 'Sending…' : 'Send a test'}
              <span className="sr-only"> to {target.to}</span>
            </Button>
            <Button size="small" onClick={() => setAsked('change')}>
              Change<span className="sr-only"> what {target.to} is told</span>
            </Button>
            <Button size="small" look="danger" onClick={() => setAsked('remove')}>
              Remove<span className="sr-only"> {target.to}</span>
            </Button>
          </>
        )
      }
    >
      <span>
        Told of {sayKinds(target.noticeKinds)} ·{' '}
        {target.apps.length === 0 ? 'every app' : target.apps.join(', ')}
      </span>
      <span>
        Added{target.by && ` by ${target.by}`} <RelativeTime at={target.createdAt} />
      </span>
      {failure && <FailureNotice failure={failure} className="mt-2" />}
      {tested && <Outcome of={tested} />}
      {asked === 'change' && (
        <ChangeTarget {...{ team, target, apps, onChanged }} onClose={() => setAsked(null)} />
      )}
      {asked === 'remove' && (
        <ConfirmChange
          title={`Remove ${target.to}`}
          description="It is told of nothing any more, and what was sent there is forgotten."
          action="Remove"
          change={() => trpc.notifications.remove.mutate({ team: team.id, id: target.id })}
          onDone={onChanged}
          onClose={() => setAsked(null)}
        />
      )}
    </Item>
  )
}

const test = (asked: { team: string; id: string }) => trpc.notifications.test.mutate(asked)

function Outcome({ of: { state, answer, to } }: { of: DeliveryView }) {
  if (state === 'delivered')
    return (
      <Notice tone="good" title={`${to} took the test.`} className="mt-2">
        {answer}
      </Notice>
    )
  if (state === 'failed')
    return (
      <Notice tone="bad" title={`${to} did not take the test.`} className="mt-2">
        {answer}
      </Notice>
    )
  return (
    <Notice tone="warn" title="There is no answer yet." className="mt-2">
      {answer ?? 'It is tried again by itself; what came of it stands below.'}
    </Notice>
  )
}
