'use client'

import { Button, Confirm, type SaidText, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'

const setStopped = ({ app, stopped }: { app: string; stopped: boolean }) =>
  stopped ? trpc.processes.stop.mutate({ app }) : trpc.processes.start.mutate({ app })

/** Apart from the rest: an app that is stopped answers nobody. */
export function StopApp({ app, onSaid }: { app: string; onSaid: (said: SaidText) => void }) {
  const { value: shown } = useApp()
  const [asking, setAsking] = useState(false)
  const { run, busy, failure } = useMutation(setStopped)
  if (!shown.can.includes('app.restart')) return null
  const isStopped = shown.stoppedAt !== null
  const stop = async () => {
    if (!(await run({ app, stopped: !isStopped }))) return
    setAsking(false)
    onSaid({ title: isStopped ? `${app} is being started.` : `${app} is being stopped.` })
  }
  return (
    <Section title={isStopped ? 'Start this app' : 'Stop this app'} className="border-t border-line pt-8">
      <p className="max-w-prose text-muted">
        {isStopped
          ? 'Starts as many instances of each process type as it is scaled to.'
          : 'Every instance is stopped and its address says so to visitors, until somebody starts it or deploys. Nothing is lost.'}
      </p>
      {failure && !asking && <FailureNotice failure={failure} />}
      <div>
        {isStopped ? (
          <Button look="primary" busy={busy} onClick={stop}>
            Start {app}
          </Button>
        ) : (
          <Button look="danger" onClick={() => setAsking(true)}>
            Stop {app}
          </Button>
        )}
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Stop ${app}`}
        description="Nobody gets an answer from it until it is started again."
        action="Stop it"
        keep="Let it run"
        busy={busy}
        failure={failure && <FailureNotice failure={failure} />}
        onConfirm={stop}
      />
    </Section>
  )
}
