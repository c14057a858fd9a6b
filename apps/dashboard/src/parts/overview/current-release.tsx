'use client'

import type { DeploymentView } from '@berth/api'
import { BranchIcon, Button, Card, Duration, RelativeTime, Section } from '@berth/ui'
import Link from 'next/link'
import { Commit, whoMade } from '../commit.tsx'
import { Fact } from '../fact.tsx'

type CurrentReleaseProps = {
  live: DeploymentView
  app: string
  /** The release that was live before; null: there is none to go back to, or the person may not. */
  backTo: number | null
}

/** What is live: commit, who, when, and how long it took; and the way back. */
export function CurrentRelease({ live, app, backTo }: CurrentReleaseProps) {
  return (
    <Section title="Current release">
      <Card className="flex flex-col gap-4 px-5 py-4">
        <div className="flex min-w-0 items-center gap-x-3 gap-y-3 max-sm:flex-wrap">
          <Link
            href={`/apps/${app}/deployments/${live.id}`}
            className="rounded-sm text-lg font-semibold tabular-nums hover:text-accent"
          >
            v{live.version ?? '?'}
          </Link>
          {live.commit ? (
            <Commit commit={live.commit} className="flex-1" />
          ) : (
            <span className="min-w-0 flex-1 truncate">{live.reason ?? 'No commit'}</span>
          )}
          {backTo !== null && live.version !== null && (
            <Button asChild size="small">
              <Link href={`/apps/${app}/compare?from=${live.version}&to=${backTo}&rollback=1`}>
                Roll back to v{backTo}
              </Link>
            </Button>
          )}
        </div>
        <dl className="flex flex-wrap gap-x-10 gap-y-3">
          <Fact name="Deployed by">{whoMade(live)}</Fact>
          <Fact name="When">
            <RelativeTime at={live.finishedAt ?? live.createdAt} />
          </Fact>
          <Fact name="Took">
            <Duration from={live.createdAt} to={live.finishedAt ?? live.createdAt} />
          </Fact>
          {live.commit && (
            <Fact name="Branch">
              <span className="inline-flex items-center gap-1.5">
                <BranchIcon className="size-3.5 text-faint" />
                {live.commit.branch}
              </span>
            </Fact>
          )}
        </dl>
      </Card>
    </Section>
  )
}
