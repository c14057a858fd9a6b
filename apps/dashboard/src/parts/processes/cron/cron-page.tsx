'use client'

import type { CronJobView, CronRunView } from '@berth/api'
import { Button, CodeBlock, EmptyState, PlusIcon, Said, type SaidText } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { trpc } from '../../../live/trpc.ts'
import { useLive } from '../../../live/use-live.ts'
import { useApp } from '../../app-frame.tsx'
import { LostNotice } from '../../lost-notice.tsx'
import { ProcessNav } from '../process-nav.tsx'
import { AddJob } from './add-job.tsx'
import { JobHistory } from './job-history.tsx'
import { JobTable } from './job-table.tsx'
import { RemoveJob } from './remove-job.tsx'

type Now = { jobs: CronJobView[]; runs: CronRunView[] }
type CronProps = { app: string; chosen: string | null; initial: Now }

/** Commands on a schedule: what is due when, what became of it, and what it printed. */
export function CronPage({ app, chosen, initial }: CronProps) {
  const router = useRouter()
  const { value: shown } = useApp()
  const read = async (): Promise<Now> => {
    const [jobs, runs] = await Promise.all([
      trpc.cron.list.query({ app }),
      chosen === null ? [] : trpc.cron.history.query({ app, name: chosen }),
    ])
    return { jobs, runs }
  }
  const { value: now, lost, readNow } = useLive(initial, read, { app, everyMs: 5_000 })
  const [said, setSaid] = useState<SaidText | null>(null)
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<string | null>(null)
  const may = shown.can.includes('app.cron.change')
  const tell = (text: SaidText) => {
    setSaid(text)
    readNow()
  }
  const choose = (job: string | null) =>
    router.push(`/apps/${app}/processes/cron${job === null ? '' : `?job=${encodeURIComponent(job)}`}`, {
      scroll: false,
    })
  return (
    <>
      <div>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <ProcessNav app={app} />
          {may && now.jobs.length > 0 && (
            <Button size="small" onClick={() => setAdding(true)}>
              <PlusIcon className="size-3.5" />
              Add a job
            </Button>
          )}
        </div>
        <Said said={said} onRead={() => setSaid(null)} className="mt-5" />
      </div>
      <LostNotice lost={lost} />
      {now.jobs.length === 0 ? (
        <NoJobs may={may} onAdd={() => setAdding(true)} />
      ) : (
        <JobTable {...{ app, jobs: now.jobs, chosen, may, onSaid: tell, onRemove: setRemoving }} />
      )}
      {chosen !== null && <JobHistory app={app} name={chosen} runs={now.runs} onClose={() => choose(null)} />}
      <p className="text-sm text-muted">
        Times are UTC. Each run gets a one-off instance of what is live; what it prints is in the log of the
        app.
      </p>
      <AddJob app={app} open={adding} onOpenChange={setAdding} onSaid={tell} />
      {removing !== null && (
        <RemoveJob
          app={app}
          name={removing}
          onOver={() => setRemoving(null)}
          onSaid={(text) => {
            if (removing === chosen) choose(null)
            tell(text)
          }}
        />
      )}
    </>
  )
}

function NoJobs({ may, onAdd }: { may: boolean; onAdd: () => void }) {
  return (
    <EmptyState title="No jobs yet. A command on a schedule, in app.json:">
      <CodeBlock
        label="An entry in app.json"
        code={'{ "cron": [{ "schedule": "30 2 * * *", "command": "bin/report" }] }'}
        className="max-w-2xl"
      />
      {may && (
        <div>
          <Button look="primary" onClick={onAdd}>
            Add one here
          </Button>
        </div>
      )}
    </EmptyState>
  )
}
