'use client'

import type { ConfigurationChanged } from '@berth/api'
import { Button, Notice, StateMark } from '@berth/ui'
import Link from 'next/link'
import { useApp } from '../app-frame.tsx'
import { deploymentMarks } from '../marks.ts'

/** What became of the last save, and how its deployment goes. */
export function SavedNotice({ saved, onClose }: { saved: ConfigurationChanged; onClose: () => void }) {
  const { begun } = saved
  if (isNothing(saved))
    return (
      <Saved title="Nothing differed from what is saved" onClose={onClose}>
        No release was made, and nothing restarts.
      </Saved>
    )
  if (begun === null)
    return (
      <Saved title="Saved" onClose={onClose}>
        It counts from the first push on.
      </Saved>
    )
  return (
    <Saved title={`Saved as v${begun.version}`} onClose={onClose}>
      <Following version={begun.version} deploymentId={begun.deploymentId} />
    </Saved>
  )
}

function Following({ version, deploymentId }: { version: number; deploymentId: string }) {
  const { value: app } = useApp()
  const latest = app.latest?.version === version ? app.latest : null
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <StateMark {...deploymentMarks[latest?.state ?? 'queued']} />
      <Link href={`/apps/${app.name}/deployments/${deploymentId}`} className="text-accent hover:underline">
        Follow the deployment
      </Link>
    </span>
  )
}

type SavedProps = { title: string; children: React.ReactNode; onClose: () => void }

function Saved({ title, children, onClose }: SavedProps) {
  return (
    <Notice tone="good" title={title}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        {children}
        <Button size="small" look="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
    </Notice>
  )
}

function isNothing({ variables, secretFiles }: ConfigurationChanged): boolean {
  const all = [variables, secretFiles].flatMap(({ added, changed, removed }) => [
    ...added,
    ...changed,
    ...removed,
  ])
  return all.length === 0
}
