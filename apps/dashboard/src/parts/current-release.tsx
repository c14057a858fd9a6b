'use client'

import type { DeploymentView } from '@berth/api'
import { BranchIcon, Card, Duration, RelativeTime, Section } from '@berth/ui'
import Link from 'next/link'
import { Commit, whoMade } from './commit.tsx'

/** What is live: commit, who, when, and how long it took. */
export function CurrentRelease({ live, app }: { live: DeploymentView; app: string }) {
  return (
    <Section title="Current release">
      <Card className="flex flex-col gap-4 px-5 py-4">
        <div className="flex min-w-0 items-baseline gap-3">
          <Link
            href={`/apps/${app}/deployments/${live.id}`}
            className="rounded-sm text-lg font-semibold tabular-nums hover:text-accent"
          >
            v{live.version ?? '?'}
          </Link>
          <Commit commit={live.commit} className="flex-1" />
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

export function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-col">
      <dt className="text-xs text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
