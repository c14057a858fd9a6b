import type { ReleaseView } from '@berth/api'
import { Card, RelativeTime, StateMark } from '@berth/ui'
import { Commit } from '../commit.tsx'
import { deploymentMarks } from '../marks.ts'

/** One of the two: what it is, whose, when, and whether one can go back to it. */
export function ReleaseCard({ title, release }: { title: string; release: ReleaseView | undefined }) {
  if (!release) return <Card className="px-5 py-4 text-muted">There is no such release.</Card>
  const { version, commit, reason, by, createdAt, isLive, available } = release
  return (
    <Card className="flex min-w-0 flex-col gap-1 px-5 py-4">
      <div className="flex flex-wrap items-center justify-between gap-x-3">
        <span className="flex items-baseline gap-2">
          <span className="text-sm text-muted">{title}</span>
          <span className="text-lg font-semibold tabular-nums">v{version}</span>
        </span>
        {isLive ? (
          <StateMark {...deploymentMarks.live} />
        ) : (
          available === false && <span className="text-sm text-warn">Its image is gone</span>
        )}
      </div>
      <span className="truncate" title={reason}>
        {reason}
      </span>
      {commit && <Commit commit={commit} className="text-sm text-muted" />}
      <span className="text-sm text-muted">
        {by ?? 'Somebody'}, <RelativeTime at={createdAt} />
      </span>
    </Card>
  )
}
