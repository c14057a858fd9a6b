'use client'

import type { DomainView } from '@berth/api'
import { ChoiceField, FormDialog } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'

type RedirectDomainProps = {
  domain: DomainView
  domains: DomainView[]
  onChanged: () => void
  onClose: () => void
}

const redirect = (asked: { app: string; host: string; to: string | null }) =>
  trpc.domains.redirect.mutate(asked)

/** Which name is the app's own, so to say: others send their visitors to it, with path and question. */
export function RedirectDomain({ domain, domains, onChanged, onClose }: RedirectDomainProps) {
  const { value: app } = useApp()
  const [to, setTo] = useState(domain.redirectTo ?? '')
  const { run, busy, failure } = useMutation(redirect)
  const targets = domains.filter(
    ({ host, redirectTo }) => host !== domain.host && redirectTo === null && !host.startsWith('*.'),
  )
  const submit = async () => {
    const changed = await run({ app: app.name, host: domain.host, to: to === '' ? null : to })
    if (changed === undefined) return
    onChanged()
    onClose()
  }
  return (
    <FormDialog
      title={`Visitors of ${domain.host}`}
      description="Counts at once, for new requests. Browsers remember a redirect (308) for a while."
      action="Save"
      busy={busy}
      disabled={to === (domain.redirectTo ?? '')}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <ChoiceField
        label="They get"
        value={to}
        options={[
          { value: '', words: 'the app, at this name' },
          ...targets.map(({ host }) => ({ value: host, words: `the same page at ${host}` })),
        ]}
        onChange={setTo}
      />
    </FormDialog>
  )
}
