'use client'

import type { JobsView, JobView } from '@berth/api'
import {
  Button,
  Cell,
  RelativeTime,
  Row,
  Said,
  type SaidText,
  Section,
  StateMark,
  sayNumber,
  Table,
} from '@berth/ui'
import Link from 'next/link'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { jobMarks } from '../marks.ts'
import { jobMoment, sayAttempts, sayJob } from './say-job.ts'

type JobsProps = { jobs: JobsView; canRetry: boolean; onRetried: () => void }

const retry = ({ name, jobId }: JobView) => trpc.machine.retryJob.mutate({ name, jobId })

/** What the worker was asked to do: what it does, what waits, what it gave up. */
export function Jobs({ jobs: { counts, jobs }, canRetry, onRetried }: JobsProps) {
  const { run, busy, failure } = useMutation(retry)
  const [said, setSaid] = useState<SaidText | null>(null)
  const tryAgain = async (job: JobView) => {
    if (!(await run(job))) return
    setSaid({ title: `${sayJob(job.name)}${job.app ? ` (${job.app})` : ''} is queued again.` })
    onRetried()
  }
  const description = `${sayNumber(counts.running)} running, ${sayNumber(counts.waiting)} waiting, ${sayNumber(counts.failed)} failed.`
  return (
    <Section title="Queue" description={description}>
      <div>
        <Said said={said} onRead={() => setSaid(null)} className="mb-3" />
        {failure && <FailureNotice failure={failure} className="mb-3" />}
        {jobs.length === 0 ? (
          <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
            Nothing waits, and nothing has failed.
          </p>
        ) : (
          <Table label="Jobs" head={['State', 'Job', 'App', 'When', { title: 'Try again', isQuiet: true }]}>
            {jobs.map((job) => (
              <JobRow
                key={`${job.name} ${job.jobId}`}
                job={job}
                onRetry={canRetry && job.state === 'failed' ? () => tryAgain(job) : null}
                busy={busy}
              />
            ))}
          </Table>
        )}
      </div>
    </Section>
  )
}

function JobRow({ job, onRetry, busy }: { job: JobView; onRetry: (() => void) | null; busy: boolean }) {
  const attempts = sayAttempts(job)
  return (
    <Row>
      <Cell>
        <StateMark {...jobMarks[job.state]} />
      </Cell>
      <Cell wide className="sm:w-1/2">
        {sayJob(job.name)}
        {attempts && <span className="text-sm text-muted"> · {attempts}</span>}
        {job.error && (
          <span className="block text-sm break-words text-muted">
            {job.error.message}
            {job.error.code && <code className="ml-2 text-xs text-faint">{job.error.code}</code>}
          </span>
        )}
      </Cell>
      <Cell>
        <Subject job={job} />
      </Cell>
      <Cell className="text-muted">
        <RelativeTime at={jobMoment(job)} />
      </Cell>
      <Cell className="text-right max-sm:basis-full max-sm:text-left">
        {onRetry && (
          <Button size="small" onClick={onRetry} busy={busy} aria-label={`Try again: ${sayJob(job.name)}`}>
            Try again
          </Button>
        )}
      </Cell>
    </Row>
  )
}

function Subject({ job: { app, deployment } }: { job: JobView }) {
  if (app === null) return <span className="text-muted max-sm:sr-only">–</span>
  const href = deployment === null ? `/apps/${app}` : `/apps/${app}/deployments/${deployment}`
  return (
    <Link href={href} data-opens="" className="rounded-sm font-medium">
      {app}
    </Link>
  )
}
