'use client'

import type { CronRunView } from '@berth/api'
import { Badge, Button, Disclosure, Duration, RelativeTime, Section, StateMark } from '@berth/ui'
import Link from 'next/link'
import { LastLines } from '../../crashes/last-lines.tsx'
import { runMarks } from './run-marks.ts'

type HistoryProps = { app: string; name: string; runs: CronRunView[]; onClose: () => void }

/** The runs of one job, newest first, each with what it printed last. */
export function JobHistory({ app, name, runs, onClose }: HistoryProps) {
  return (
    <Section
      title={`Runs of ${name}`}
      action={
        <Button size="small" look="quiet" onClick={onClose}>
          Close<span className="sr-only"> the runs of {name}</span>
        </Button>
      }
    >
      {runs.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
          It has not run yet.
        </p>
      ) : (
        <ol className="divide-y divide-line rounded-md border border-line bg-surface">
          {runs.map((run) => (
            <Run key={run.id} app={app} run={run} />
          ))}
        </ol>
      )}
    </Section>
  )
}

function Run({ app, run }: { app: string; run: CronRunView }) {
  const { state, dueAt, startedAt, finishedAt, exitCode, signal, byHand, error, lastLines, instance } = run
  return (
    <li className="flex flex-col gap-1.5 px-5 py-3">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="w-28">
          <StateMark {...runMarks[state]} quietWord={state === 'succeeded' || state === 'skipped'} />
        </span>
        <span className="text-muted">
          <RelativeTime at={dueAt} />
        </span>
        {byHand && <Badge>by hand</Badge>}
        <span className="ml-auto flex gap-4 text-sm text-muted max-sm:ml-0">
          {signal !== null && <span>{signal}</span>}
          {exitCode !== null && <span className="tabular-nums">exit {exitCode}</span>}
          {startedAt !== null && <Duration from={startedAt} to={finishedAt} />}
        </span>
      </div>
      {error && (
        <p className="text-sm">
          {error.message} <span className="text-muted">{error.hint}</span>
        </p>
      )}
      {lastLines.length > 0 && (
        <Disclosure summary="What it printed last" open={state === 'failed'}>
          <LastLines of={instance ?? 'the job'} lines={lastLines} />
          {instance !== null && (
            <Link
              href={`/apps/${app}/logs?instance=${instance}`}
              className="mt-2 inline-block rounded-sm text-sm font-medium text-accent hover:text-accent-strong"
            >
              The log of {instance}
            </Link>
          )}
        </Disclosure>
      )}
    </li>
  )
}
