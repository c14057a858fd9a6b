'use client'

import { Button, type SaidText, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { ConfirmChange } from '../confirm-change.tsx'
import { FailureNotice } from '../failure-notice.tsx'

const start = (app: string) => trpc.processes.start.mutate({ app })

type StopAppProps = { app: string; onSaid: (said: SaidText) => void }

/** Apart from the rest: an app that is stopped answers nobody. */
export function StopApp({ app, onSaid }: StopAppProps) {
  const { value: shown } = useApp()
  if (!shown.can.includes('app.restart')) return null
  return shown.stoppedAt === null ? <Stop app={app} onSaid={onSaid} /> : <Start app={app} onSaid={onSaid} />
}

const className = 'border-t border-line pt-8'

function Start({ app, onSaid }: StopAppProps) {
  const { run, busy, failure } = useMutation(start)
  return (
    <Section title="Start this app" className={className}>
      <p className="max-w-prose text-muted">
        Starts as many instances of each process type as it is scaled to.
      </p>
      {failure && <FailureNotice failure={failure} />}
      <div>
        <Button
          look="primary"
          busy={busy}
          onClick={async () => (await run(app)) && onSaid({ title: `${app} is being started.` })}
        >
          Start {app}
        </Button>
      </div>
    </Section>
  )
}

function Stop({ app, onSaid }: StopAppProps) {
  const [asking, setAsking] = useState(false)
  return (
    <Section title="Stop this app" className={className}>
      <p className="max-w-prose text-muted">
        Every instance is stopped and its address says so to visitors, until somebody starts it or deploys.
        Nothing is lost.
      </p>
      <div>
        <Button look="danger" onClick={() => setAsking(true)}>
          Stop {app}
        </Button>
      </div>
      {asking && (
        <ConfirmChange
          title={`Stop ${app}`}
          description="Nobody gets an answer from it until it is started again."
          action="Stop it"
          keep="Let it run"
          change={() => trpc.processes.stop.mutate({ app })}
          onDone={() => onSaid({ title: `${app} is being stopped.` })}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  )
}
