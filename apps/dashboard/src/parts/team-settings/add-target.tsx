'use client'

import type { Inputs, TeamView } from '@berth/api'
import {
  AreaField,
  Button,
  ChoiceField,
  CopyField,
  Dialog,
  DialogForm,
  Disclosure,
  Field,
  Notice,
} from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { usualKinds } from './notice-words.ts'
import { appsOf, isEmpty, ToldFields, type ToldOf } from './told-fields.tsx'

type Target = Inputs['notifications']['add']['target']

const add = (asked: Inputs['notifications']['add']) => trpc.notifications.add.mutate(asked)

type AddTargetProps = { team: TeamView; apps: string[]; onAdded: () => void; onClose: () => void }

export function AddTarget(props: AddTargetProps) {
  return (
    <Dialog open onOpenChange={props.onClose} title="Add a notification">
      <AddForm {...props} />
    </Dialog>
  )
}

const kinds = [
  { value: 'mail', words: 'Mail', hint: 'To one address, or several.' },
  {
    value: 'slack',
    words: 'Slack and its like',
    hint: 'Into a channel of Slack, Mattermost or Discord (…/slack).',
  },
  { value: 'webhook', words: 'Webhook', hint: 'To a program, as signed JSON (standardwebhooks.com).' },
] as const

function AddForm({ team, apps, onAdded, onClose }: AddTargetProps) {
  const [kind, setKind] = useState<Target['kind']>('mail')
  const [told, setTold] = useState<ToldOf>({ kinds: usualKinds, apps: [], every: true })
  const [secret, setSecret] = useState<string | null>(null)
  const { run, busy, failure } = useMutation(add)
  if (secret !== null) return <SigningSecret secret={secret} onDone={onClose} />
  const submit = async (form: FormData) => {
    const target = targetIn(kind, form)
    const added = await run({ team: team.id, target, noticeKinds: told.kinds, apps: appsOf(told) })
    if (added === undefined) return
    onAdded()
    if (added.signingSecret === null) onClose()
    else setSecret(added.signingSecret)
  }
  return (
    <DialogForm
      action="Add"
      busy={busy}
      disabled={isEmpty(told)}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onCancel={onClose}
    >
      <ChoiceField label="By" value={kind} options={kinds} onChange={setKind} />
      {kind === 'mail' ? <MailFields /> : <AddressField kind={kind} />}
      <ToldFields
        told={told}
        onChange={setTold}
        apps={apps}
        mayTellDisk={team.can.includes('machine.view')}
      />
    </DialogForm>
  )
}

function MailFields() {
  return (
    <>
      <AreaField
        label="Addresses"
        name="to"
        required
        rows={2}
        hint="Several with a space or a line between them."
      />
      <Disclosure summary="With a mail server of your team’s own">
        <div className="flex flex-col gap-4">
          <Field
            label="Mail server"
            name="server"
            mono
            autoComplete="off"
            placeholder="smtp://USER:PASSWORD@HOST:587"
            hint="Kept sealed. Left empty: the platform’s."
          />
          <Field label="Sender" name="from" type="email" autoComplete="off" />
        </div>
      </Disclosure>
    </>
  )
}

function AddressField({ kind }: { kind: 'slack' | 'webhook' }) {
  return (
    <Field
      label="Address of the webhook"
      name="url"
      type="url"
      mono
      required
      autoComplete="off"
      placeholder={
        kind === 'slack' ? 'https://hooks.slack.com/services/…' : 'https://example.com/hooks/berth'
      }
      hint="Kept sealed: of it no more than its host is shown again."
    />
  )
}

/** With it the receiver checks that a notification is from here. */
function SigningSecret({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="accent" title="Copy the signing secret now: it is not shown again.">
        <div className="mt-2 flex flex-col gap-3">
          <CopyField value={secret} label="the signing secret" />
          <p>With it the receiver checks that a notification is from here.</p>
        </div>
      </Notice>
      <div className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          I have copied it
        </Button>
      </div>
    </div>
  )
}

function targetIn(kind: Target['kind'], form: FormData): Target {
  const given = (name: string) => String(form.get(name) ?? '').trim()
  if (kind !== 'mail') return { kind, url: given('url') }
  const server = given('server')
  return {
    kind,
    to: given('to')
      .split(/[\s,;]+/)
      .filter(Boolean),
    smtp: server === '' ? null : { url: server, from: given('from') },
  }
}
