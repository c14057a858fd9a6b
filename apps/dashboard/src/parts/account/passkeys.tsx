'use client'

import type { WaysInView } from '@berth/api'
import {
  Button,
  Confirm,
  Field,
  FormDialog,
  Item,
  ItemList,
  RelativeTime,
  Said,
  type SaidText,
  Section,
} from '@berth/ui'
import { useState } from 'react'
import { askAuth, type Refusal } from '../../live/ask-auth.ts'
import { addPasskey } from '../../live/passkeys.ts'
import { FailureNotice } from '../failure-notice.tsx'

type Passkey = WaysInView['passkeys'][number]
type PasskeysProps = { passkeys: Passkey[]; onChanged: () => void }

const gone: Refusal = { message: 'This passkey is not there any more.', hint: 'Load the page again.' }

/** Keys of a device or of a password manager: they sign in by themselves, without password and code. */
export function Passkeys({ passkeys, onChanged }: PasskeysProps) {
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<SaidText | null>(null)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const add = async () => {
    setBusy(true)
    setSaid(null)
    const failed = await addPasskey(freeName(passkeys))
    setRefused(failed)
    setBusy(false)
    if (failed !== null) return
    setSaid({
      title: 'The passkey signs you in from now on.',
      more: 'Give it a name by which you know it again.',
    })
    onChanged()
  }
  return (
    <Section
      title="Passkeys"
      description="A key of your device or password manager, in place of password and code."
      action={
        <Button size="small" busy={busy} onClick={add}>
          Add a passkey
        </Button>
      }
    >
      {refused && <FailureNotice failure={refused} />}
      <Said said={said} onRead={() => setSaid(null)} />
      {passkeys.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">None yet.</p>
      ) : (
        <ItemList label="Passkeys">
          {passkeys.map((passkey) => (
            <PasskeyItem key={passkey.id} passkey={passkey} onChanged={onChanged} />
          ))}
        </ItemList>
      )}
    </Section>
  )
}

/** `Passkey`, `Passkey 2`: the browser does not tell what it is, its person names it afterwards. */
function freeName(passkeys: readonly Passkey[]): string {
  return passkeys.length === 0 ? 'Passkey' : `Passkey ${passkeys.length + 1}`
}

function PasskeyItem({ passkey, onChanged }: { passkey: Passkey; onChanged: () => void }) {
  const [asked, setAsked] = useState<'name' | 'remove' | null>(null)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const name = passkey.name ?? 'Passkey'
  const ask = async (path: string, given: Record<string, unknown>) => {
    setBusy(true)
    const answer = await askAuth(path, { id: passkey.id, ...given }, gone)
    setBusy(false)
    setRefused(answer.ok ? null : answer.refusal)
    if (!answer.ok) return
    setAsked(null)
    onChanged()
  }
  const rename = (form: FormData) => ask('passkey/update-passkey', { name: form.get('name') })
  return (
    <Item
      title={name}
      action={
        <>
          <Button size="small" onClick={() => setAsked('name')}>
            Rename<span className="sr-only"> the passkey {name}</span>
          </Button>
          <Button size="small" look="danger" onClick={() => setAsked('remove')}>
            Remove<span className="sr-only"> the passkey {name}</span>
          </Button>
        </>
      }
    >
      {passkey.createdAt !== null && (
        <span>
          Added <RelativeTime at={passkey.createdAt} />
        </span>
      )}
      {asked === 'name' && (
        <FormDialog
          title={`Rename ${name}`}
          action="Save the name"
          busy={busy}
          failure={refused && <FailureNotice failure={refused} />}
          onSubmit={rename}
          onClose={() => setAsked(null)}
        >
          <Field
            label="Name"
            name="name"
            required
            maxLength={80}
            autoFocus
            autoComplete="off"
            defaultValue={name}
          />
        </FormDialog>
      )}
      <Confirm
        open={asked === 'remove'}
        onOpenChange={() => setAsked(null)}
        title={`Remove the passkey ${name}`}
        description="It signs you in no more. Your device may go on offering it until you remove it there as well."
        action="Remove"
        busy={busy}
        failure={refused && <FailureNotice failure={refused} />}
        onConfirm={() => ask('passkey/delete-passkey', {})}
      />
    </Item>
  )
}
