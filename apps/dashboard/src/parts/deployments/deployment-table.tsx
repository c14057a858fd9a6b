'use client'

import type { DeploymentView } from '@berth/api'
import { Cell, type Column, Duration, RelativeTime, Row, StateMark, Table } from '@berth/ui'
import Link from 'next/link'
import { useApp } from '../app-frame.tsx'
import { Commit, whoMade } from '../commit.tsx'
import { firstLine } from '../first-line.ts'
import { deploymentMark } from '../marks.ts'

/** Releases are picked to be compared. */
export type Picking = { picked: readonly number[]; onPick: (version: number) => void }

type DeploymentTableProps = {
  deployments: readonly DeploymentView[]
  app: string
  /** With what is worth knowing when one looks through many: the use of the cache, and a way to pick. */
  picking?: Picking
}

export function DeploymentTable({ deployments, app, picking }: DeploymentTableProps) {
  const cache: Column[] = picking ? [{ title: 'Cache' }] : []
  const pick: Column[] = picking ? [{ title: 'Compare', isQuiet: true }] : []
  const head = [...pick, 'Release', 'State', 'What', ...cache, 'When', 'Took']
  return (
    <Table label="Deployments" head={head}>
      {deployments.map((deployment) => (
        <DeploymentRow key={deployment.id} {...{ deployment, app, picking }} />
      ))}
    </Table>
  )
}

type RowProps = { deployment: DeploymentView; app: string; picking: Picking | undefined }

function DeploymentRow({ deployment, app, picking }: RowProps) {
  const { version, state } = deployment
  const { state: appState } = useApp().value
  return (
    <Row>
      {picking && <PickCell deployment={deployment} {...picking} />}
      <Cell className="tabular-nums">
        <Link
          href={`/apps/${app}/deployments/${deployment.id}`}
          data-opens=""
          className="rounded-sm font-medium whitespace-nowrap"
          aria-label={version === null ? 'Deployment without a release' : `Release v${version}`}
        >
          {version === null ? '–' : `v${version}`}
        </Link>
      </Cell>
      <Cell>
        <StateMark {...deploymentMark(state, appState)} quietWord={state === 'superseded'} />
      </Cell>
      <Cell wide className="sm:w-1/2 sm:max-w-0">
        <What deployment={deployment} />
      </Cell>
      {picking && (
        <Cell className="text-sm whitespace-nowrap text-muted tabular-nums max-sm:hidden">
          <CacheUse deployment={deployment} />
        </Cell>
      )}
      <Cell className="text-muted max-sm:text-sm">
        <span className="whitespace-nowrap">
          <RelativeTime at={deployment.createdAt} />
          <span className="max-sm:before:content-[',_'] sm:block sm:text-sm">{whoMade(deployment)}</span>
        </span>
      </Cell>
      <Cell className="text-muted max-sm:text-sm">
        <Took deployment={deployment} />
      </Cell>
    </Row>
  )
}

function PickCell({ deployment: { version }, picked, onPick }: Picking & { deployment: DeploymentView }) {
  return (
    <Cell className="pr-0 max-sm:self-center sm:w-0">
      {version !== null && (
        <input
          type="checkbox"
          aria-label={`Compare v${version}`}
          checked={picked.includes(version)}
          onChange={() => onPick(version)}
          className="block size-4 cursor-pointer accent-accent"
        />
      )}
    </Cell>
  )
}

/** The commit that it brought, or what was changed without one; under it, what went wrong, or what began it. */
function What({ deployment }: { deployment: DeploymentView }) {
  const { commit, error, kind, reason } = deployment
  const isCommit = commit !== null && kind !== 'change' && kind !== 'restart'
  return (
    <>
      {isCommit ? <Commit commit={commit} /> : <span className="block truncate">{reason}</span>}
      {error && deployment.state !== 'cancelled' ? (
        <span className="block text-sm text-bad sm:truncate">{firstLine(error.message)}</span>
      ) : (
        <span className="block truncate text-sm text-muted">{sayKind(deployment)}</span>
      )}
    </>
  )
}

function sayKind({ kind, commit, error, state }: DeploymentView): string {
  if (state === 'cancelled' && error) return firstLine(error.message)
  if (kind === 'push') return commit ? `Push to ${commit.branch}` : 'Push'
  return {
    image: 'Image',
    git: 'Repository',
    change: 'No build: another release of the same code',
    restart: 'Restart',
  }[kind]
}

function CacheUse({ deployment: { cache } }: { deployment: DeploymentView }) {
  if (cache === null) return '–'
  return (
    <span title={`${cache.reusedSteps} of ${cache.steps} build steps were reused`}>
      {cache.reusedSteps} of {cache.steps}
    </span>
  )
}

export function Took({ deployment }: { deployment: DeploymentView }) {
  if (deployment.state === 'queued') return <span>–</span>
  return <Duration from={deployment.createdAt} to={deployment.finishedAt} />
}
