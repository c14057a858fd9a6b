'use client'

import type { RoutingView } from '@berth/api'
import { Button, CheckField, NumberField, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { useRouting } from './use-routing.ts'

const megabyte = 1024 * 1024
/** Where nobody has said anything (packages/route). */
const usual = { megabytes: 25, seconds: 60 }

/** How large and how slow a request may be, and which instance it comes to. Saved together. */
export function RequestsPage({ initial }: { initial: RoutingView }) {
  const { value: app } = useApp()
  const routing = useRouting(initial)
  const [form, setForm] = useState(() => formOf(initial))
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }))
  const changes = changesTo(form, formOf(routing.value))
  const isSame = Object.keys(changes).length === 0
  const mayChange = app.can.includes('app.domains.change')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    return routing.set(changes)
  }
  return (
    <Section title="Requests" description="What the front door lets through to the app.">
      <form onSubmit={submit} className="flex max-w-xl flex-col gap-6">
        <fieldset disabled={!mayChange} className="flex flex-col gap-6">
          <legend className="sr-only">Limits</legend>
          <div className="flex flex-col gap-3">
            <CheckField
              label="Limit the size of requests"
              hint="A larger one gets 413, and one that does not say its size 411. Without a limit any size passes."
              checked={form.isBounded}
              onChange={(event) => change({ isBounded: event.target.checked })}
            />
            {form.isBounded && (
              <NumberField
                label="Largest request"
                unit="MB"
                min={0.01}
                max={1024 * 1024}
                className="ml-6.5 [&>.flex]:max-w-56"
                value={form.megabytes}
                disabled={!mayChange}
                onChange={(megabytes) => change({ megabytes })}
              />
            )}
          </div>
          <NumberField
            label="Time until the app begins to answer"
            hint={`After it the visitor gets 504. ${usual.seconds} seconds unless said otherwise; an hour at the most.`}
            unit="s"
            min={1}
            max={3600}
            step={5}
            className="[&>.flex]:max-w-56"
            value={form.seconds}
            disabled={!mayChange}
            onChange={(seconds) => change({ seconds })}
          />
          <CheckField
            label="Visitors come back to the same instance"
            hint="By a cookie, BERTH_INSTANCE, while that instance gets requests. For apps that keep sessions in memory."
            checked={form.sticky}
            onChange={(event) => change({ sticky: event.target.checked })}
          />
        </fieldset>
        {routing.failure && <FailureNotice failure={routing.failure} />}
        {mayChange ? (
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" look="primary" disabled={isSame} busy={routing.busy}>
              Save
            </Button>
            <span role="status" className="text-sm text-muted">
              {isSame ? 'Nothing is changed yet.' : 'In effect within seconds; nothing restarts.'}
            </span>
          </div>
        ) : (
          <p className="text-muted">Your role shows this, and changes none of it.</p>
        )}
      </form>
    </Section>
  )
}

type Form = ReturnType<typeof formOf>

/** What was not touched is not said: bytes that somebody gave exactly stay as they are. */
function changesTo({ isBounded, megabytes, seconds, sticky }: Form, was: Form) {
  const isSameBound = isBounded === was.isBounded && (!isBounded || megabytes === was.megabytes)
  return {
    ...(isSameBound ? {} : { maxBodyBytes: isBounded ? Math.round(megabytes * megabyte) : null }),
    ...(seconds === was.seconds ? {} : { timeoutSeconds: seconds === usual.seconds ? null : seconds }),
    ...(sticky === was.sticky ? {} : { sticky }),
  }
}

function formOf({ maxBodyBytes, timeoutSeconds, sticky }: RoutingView) {
  return {
    isBounded: maxBodyBytes !== null,
    megabytes:
      maxBodyBytes === null
        ? usual.megabytes
        : Math.max(0.01, Math.round((maxBodyBytes / megabyte) * 100) / 100),
    seconds: timeoutSeconds ?? usual.seconds,
    sticky,
  }
}
