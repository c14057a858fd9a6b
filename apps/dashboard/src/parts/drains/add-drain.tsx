'use client'

import type { DrainView } from '@berth/api'
import { AreaField, Button, ChoiceField, Disclosure, Field, Section } from '@berth/ui'
import { type FormEvent, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { type DrainDraft, emptyDraft, newDrainOf, noHeaderIn } from './new-drain.ts'

const kinds = [
  { value: 'syslog+tls', words: 'Syslog over TLS', hint: 'RFC 5424, encrypted. Most log services take it.' },
  { value: 'https', words: 'HTTPS', hint: 'JSON in batches, to an address of your own or of a service.' },
  { value: 'syslog+tcp', words: 'Syslog over TCP', hint: 'Not encrypted: within your own network only.' },
] as const

type AddDrainProps = { app: string; onAdded: (drain: DrainView) => void }

/** Where the log is to be sent from now on. */
export function AddDrain({ app, onAdded }: AddDrainProps) {
  const [draft, setDraft] = useState(emptyDraft)
  const { run, busy, failure } = useMutation(trpc.drains.add.mutate)
  const change = (changed: Partial<DrainDraft>) => setDraft((before) => ({ ...before, ...changed }))
  const wrongHeader = draft.kind === 'https' ? noHeaderIn(draft.headers) : null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (wrongHeader !== null) return
    const added = await run({ app, ...newDrainOf(draft) })
    if (added === undefined) return
    setDraft({ ...emptyDraft, kind: draft.kind })
    onAdded(added)
  }
  return (
    <Section
      title="Add a drain"
      description="It gets every line from now on: what instances print, requests, and what Berth says."
    >
      <form onSubmit={submit} className="flex max-w-xl flex-col gap-5">
        <ChoiceField label="How" value={draft.kind} options={kinds} onChange={(kind) => change({ kind })} />
        {draft.kind === 'https' ? (
          <HttpsFields draft={draft} wrongHeader={wrongHeader} onChange={change} />
        ) : (
          <SyslogFields draft={draft} onChange={change} />
        )}
        {draft.kind !== 'syslog+tcp' && (
          <Disclosure summary="An authority of your own">
            <AreaField
              label="Certificate of the authority (PEM)"
              hint="Only where the receiver's certificate is from none of the usual authorities."
              value={draft.authority}
              onChange={(event) => change({ authority: event.target.value })}
            />
          </Disclosure>
        )}
        {failure && <FailureNotice failure={failure} />}
        <div>
          <Button type="submit" look="primary" busy={busy}>
            Add the drain
          </Button>
        </div>
      </form>
    </Section>
  )
}

type FieldsProps = { draft: DrainDraft; onChange: (changed: Partial<DrainDraft>) => void }

function SyslogFields({ draft, onChange }: FieldsProps) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
      <Field
        label="Host"
        required
        mono
        placeholder="logs.example.com"
        autoCapitalize="none"
        spellCheck={false}
        value={draft.host}
        onChange={(event) => onChange({ host: event.target.value })}
      />
      <Field
        label="Port"
        mono
        inputMode="numeric"
        placeholder={draft.kind === 'syslog+tls' ? '6514' : '601'}
        value={draft.port}
        onChange={(event) => onChange({ port: event.target.value })}
      />
    </div>
  )
}

function HttpsFields({ draft, wrongHeader, onChange }: FieldsProps & { wrongHeader: string | null }) {
  return (
    <>
      <Field
        label="Address"
        type="url"
        required
        mono
        placeholder="https://logs.example.com/in"
        hint="Whatever comes behind the host is not shown again: it may be a key."
        value={draft.url}
        onChange={(event) => onChange({ url: event.target.value })}
      />
      <AreaField
        label="Headers"
        placeholder="Authorization: Bearer …"
        hint="One a line. They are sealed, and never shown again."
        error={wrongHeader === null ? null : `“${wrongHeader}” is no header. Write Name: value.`}
        value={draft.headers}
        onChange={(event) => onChange({ headers: event.target.value })}
      />
    </>
  )
}
