import type { CommitView, DeploymentView } from '@berth/api'
import { firstLine } from './first-line.ts'

/** The short id and the first line of what was committed. */
export function Commit({ commit, className }: { commit: CommitView | null; className?: string }) {
  if (!commit) return <span className="text-muted">No commit</span>
  return (
    <span className={`flex min-w-0 items-baseline gap-2 ${className ?? ''}`}>
      <code className="shrink-0 text-xs text-muted" title={commit.commit}>
        {commit.commit.slice(0, 7)}
      </code>
      <span className="truncate" title={commit.message}>
        {firstLine(commit.message)}
      </span>
    </span>
  )
}

export function whoMade(deployment: Pick<DeploymentView, 'by' | 'commit'>): string {
  return deployment.by ?? deployment.commit?.author ?? 'Somebody'
}
