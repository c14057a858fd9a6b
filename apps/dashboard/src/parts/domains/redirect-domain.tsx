'use client'

import type { DomainView } from '@berth/api'
import { Button, ChoiceField, Dialog } from '@berth/ui'
import { type FormEvent, useState } from 'react'
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
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const changed = await run({ app: app.name, host: domain.host, to: to === '' ? null : to })
    if (changed === undefined) return
    onChanged()
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Visitors of ${domain.host}`}
      description="Counts at once, for new requests. Browsers remember a redirect (308) for a while."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <ChoiceField
          label="They get"
          value={to}
          options={[
            { value: '', words: 'the app, at this name' },
            ...targets.map(({ host }) => ({ value: host, words: `the same page at ${host}` })),
          ]}
          onChange={setTo}
        />
        {failure && <FailureNotice failure={failure} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy} disabled={to === (domain.redirectTo ?? '')}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
