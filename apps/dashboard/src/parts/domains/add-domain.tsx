'use client'

import type { FrontAddress } from '@berth/observe'
import { ChoiceField, Field, FormDialog } from '@berth/ui'
import { usePathname, useRouter } from 'next/navigation'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { DnsRecords } from './dns-records.tsx'
import { looksLikeHost, twinOf, typedHost } from './twin-of.ts'

type AddDomainProps = {
  app: string
  target: FrontAddress | null
  onAdded: () => void
  onClose: () => void
}

type Twin = 'none' | 'to-typed' | 'to-twin'
type Adding = { app: string; host: string; twin: string | null }

/** The one that answers first: the other one is sent there. */
const add = async ({ app, host, twin }: Adding) => {
  const { hosts } = await trpc.domains.add.mutate({ app, hosts: [host] })
  if (twin !== null) await trpc.domains.add.mutate({ app, hosts: [twin], redirectTo: host })
  return hosts[0] ?? host
}

export function AddDomain({ app, target, onAdded, onClose }: AddDomainProps) {
  const router = useRouter()
  const path = usePathname()
  const [typed, setTyped] = useState('')
  const [choice, setChoice] = useState<Twin>('to-typed')
  const { run, busy, failure } = useMutation(add)
  const host = typedHost(typed)
  const twin = looksLikeHost(host) ? twinOf(host) : null
  const submit = async () => {
    const [answers, sent] = twin !== null && choice === 'to-twin' ? [twin, host] : [host, twin]
    const added = await run({ app, host: answers, twin: choice === 'none' ? null : sent })
    onAdded()
    if (added === undefined) return
    onClose()
    router.replace(`${path}?domain=${encodeURIComponent(added)}`, { scroll: false })
  }
  return (
    <FormDialog
      wide
      title="Add a domain"
      description="It leads to the app as soon as its record does. Nothing restarts."
      action="Add"
      busy={busy}
      disabled={host === ''}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label="Domain"
        mono
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        placeholder="www.example.com"
        hint="*.example.com stands for every name one label below."
        onChange={(event) => setTyped(event.target.value)}
      />
      {twin !== null && (
        <ChoiceField<Twin>
          label={`And ${twin}?`}
          value={choice}
          options={[
            { value: 'to-typed', words: `${host} answers, ${twin} sends its visitors there` },
            { value: 'to-twin', words: `${twin} answers, ${host} sends its visitors there` },
            { value: 'none', words: `Only ${host}` },
          ]}
          onChange={setChoice}
        />
      )}
      {looksLikeHost(host) && (
        <section aria-label="DNS records" className="flex flex-col gap-3">
          <p className="font-medium">Create this where its DNS is kept, before or after</p>
          <DnsRecords host={host} target={target} />
          {twin !== null && choice !== 'none' && <DnsRecords host={twin} target={target} />}
          {host.startsWith('*.') && (
            <p className="text-sm text-muted">
              A certificate for a wildcard is proved in the DNS: the platform needs a webhook for that, or you
              bring a certificate of your own.
            </p>
          )}
        </section>
      )}
    </FormDialog>
  )
}
