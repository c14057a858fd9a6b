'use client'

import type { ReleaseDifference, ReleaseView } from '@berth/api'
import type { ErrorRecord } from '@berth/domain'
import { Button } from '@berth/ui'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useOptimistic, useTransition } from 'react'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import type { Chosen } from './chosen-releases.ts'
import { Difference } from './difference.tsx'
import { ReleaseCard } from './release-card.tsx'
import { ReleaseChoice } from './release-choice.tsx'
import { RollBack } from './roll-back.tsx'

/** What lies between the two, or why that cannot be said. */
export type Compared = { difference: ReleaseDifference } | { failure: ErrorRecord }

type ComparePageProps = {
  app: string
  releases: readonly ReleaseView[]
  chosen: Chosen
  compared: Compared
}

/** Two releases beside each other, and all that differs; going back to one of them shows the same before it is done. */
export function ComparePage({ app, releases, chosen, compared }: ComparePageProps) {
  const { from, to, rollback } = chosen
  const looking = useLooking(app, chosen)
  const { choice, look } = looking
  const find = (version: number) => releases.find((release) => release.version === version)
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-lg font-semibold tabular-nums">
          {rollback ? `Roll back to v${to}` : `What changed from v${from} to v${to}`}
        </h2>
        <div className="flex flex-wrap items-center gap-2">
          {!rollback && (
            <ReleaseChoice
              label="From"
              releases={releases}
              version={choice.from}
              onChoose={(version) => look({ from: version })}
            />
          )}
          <ReleaseChoice
            label={rollback ? 'Roll back to' : 'To'}
            releases={rollback ? releases.filter(isReady) : releases}
            version={choice.to}
            onChoose={(version) => look({ to: version })}
          />
          {!rollback && <Ways app={app} chosen={chosen} find={find} />}
        </div>
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <ReleaseCard title={rollback ? 'Now' : 'From'} release={find(from)} />
        <ReleaseCard title={rollback ? 'Like' : 'To'} release={find(to)} />
      </div>
      {rollback && <Gone releases={releases} />}
      {'failure' in compared ? (
        <FailureNotice failure={compared.failure} />
      ) : (
        <>
          {rollback && <RollBack {...{ app, chosen, looking, difference: compared.difference }} />}
          {rollback && <h2 className="text-base font-semibold">What this changes</h2>}
          <Difference difference={compared.difference} />
        </>
      )}
    </div>
  )
}

function isReady({ available, isLive }: ReleaseView): boolean {
  return available !== false && !isLive
}

/** Which images are not here any more: going back there is refused, and a push is the way. */
function Gone({ releases }: { releases: readonly ReleaseView[] }) {
  const gone = releases.filter(({ available }) => available === false)
  const newest = gone[0]
  if (!newest) return null
  const which =
    gone.length === 1
      ? `The image of v${newest.version} is`
      : `Images of v${newest.version} and earlier ones are`
  return (
    <p className="-mt-3 text-sm text-muted">
      {which} no longer kept; to go back there, push its commit again.
    </p>
  )
}

type WaysProps = Pick<ComparePageProps, 'app' | 'chosen'> & {
  find: (version: number) => ReleaseView | undefined
}

function Ways({ app, chosen: { from, to }, find }: WaysProps) {
  const { can } = useApp().value
  const target = [find(from), find(to)].find((release) => release !== undefined && isReady(release))
  return (
    <>
      <Button asChild size="small" className="h-9">
        <Link href={`/apps/${app}/compare?from=${to}&to=${from}`} replace>
          Swap
        </Link>
      </Button>
      {target && can.includes('app.rollback') && (
        <Button asChild size="small" className="h-9">
          <Link href={`/apps/${app}/compare?to=${target.version}&rollback=1`}>
            Roll back to v{target.version}
          </Link>
        </Button>
      )}
    </>
  )
}

export type Looking = {
  /** What is being chosen: ahead of what is shown while the server compares. */
  choice: Chosen
  look: (change: Partial<Chosen>) => void
  isLooking: boolean
}

/** The server compares: what is chosen stands in the address, and the page is rendered anew. */
function useLooking(app: string, chosen: Chosen): Looking {
  const router = useRouter()
  const [isLooking, startLooking] = useTransition()
  const [choice, choose] = useOptimistic(chosen)
  const look = (change: Partial<Chosen>) =>
    startLooking(() => {
      const next = { ...choice, ...change }
      choose(next)
      const { from, to, rollback, keep } = next
      const going = rollback ? `&rollback=1${keep ? '&keep=1' : ''}` : ''
      router.replace(`/apps/${app}/compare?from=${from}&to=${to}${going}`, { scroll: false })
    })
  return { choice, look, isLooking }
}
