'use client'

import type { ReleaseDifference } from '@berth/api'
import { Button, Card, ChoiceField } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import type { Chosen } from './chosen-releases.ts'
import type { Looking } from './compare-page.tsx'

type RollBackProps = { app: string; chosen: Chosen; looking: Looking; difference: ReleaseDifference }

/** What going back does, with which configuration, and the button. What follows on the page is what it changes. */
export function RollBack({ app: name, chosen, looking, difference }: RollBackProps) {
  const { value: app } = useApp()
  const router = useRouter()
  const { choice, look, isLooking } = looking
  const { run, busy, failure } = useMutation(trpc.releases.rollback.mutate)
  const { from, to, keep } = chosen
  const go = async () => {
    const begun = await run({ app: name, version: to, keepConfiguration: keep })
    if (begun) router.push(`/apps/${name}/deployments/${begun.deploymentId}`)
  }
  const mayNot = reasonAgainst(app)
  return (
    <Card className="flex flex-col gap-4 px-5 py-4">
      <p className="max-w-prose">
        Makes a new release with the image, process types and checks of v{to}. v{from} serves until the new
        instances are healthy. Nothing is built; limits and quantities stay as they are.
        {difference.sameImage && ' Both have the same image: the code stays.'}
      </p>
      <ChoiceField
        label="Configuration"
        value={choice.keep ? 'today' : 'then'}
        options={[
          { value: 'then', words: `As it was with v${to}`, hint: 'It is current from then on.' },
          { value: 'today', words: 'Keep today’s', hint: 'Only the code goes back.' },
        ]}
        onChange={(which) => look({ keep: which === 'today' })}
        className="max-w-xl"
      />
      {failure && <FailureNotice failure={failure} />}
      {mayNot === null ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button look="primary" onClick={go} busy={busy} disabled={isLooking}>
            Roll back to v{to}
          </Button>
          <span className="text-sm text-muted">
            The database does not go back: what migrations have changed stays.
          </span>
        </div>
      ) : (
        <p className="text-sm text-muted">{mayNot}</p>
      )}
    </Card>
  )
}

function reasonAgainst({ can, lock }: ReturnType<typeof useApp>['value']): string | null {
  if (!can.includes('app.rollback')) return 'You may look at this. Developers of the team may roll back.'
  if (lock)
    return `The app is locked${lock.by ? ` by ${lock.by}` : ''}: ${lock.reason ?? 'unlock it to roll back'}.`
  return null
}
