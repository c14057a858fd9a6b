'use client'

import type { CertificatesView, DomainView } from '@berth/api'
import type { FrontAddress } from '@berth/observe'
import { Button, Section } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useApp } from '../app-frame.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { AddDomain } from './add-domain.tsx'
import { DomainItem } from './domain-item.tsx'

export type DomainsShown = { domains: DomainView[]; certificates: CertificatesView }

type DomainListProps = {
  initial: DomainsShown
  /** Null: the worker did not say. */
  target: FrontAddress | null
  /** The moment of the server's look, so that both say the same times. */
  at: number
}

const readDomains = async (app: string): Promise<DomainsShown> => {
  const [domains, certificates] = await Promise.all([
    trpc.domains.list.query({ app }),
    trpc.certificates.list.query({ app }),
  ])
  return { domains, certificates }
}

export function DomainList({ initial, target, at }: DomainListProps) {
  const { value: app } = useApp()
  const live = useLive(initial, () => readDomains(app.name), { app: app.name })
  const [adding, setAdding] = useState(false)
  const mayChange = app.can.includes('app.domains.change')
  const { domains, certificates } = live.value
  return (
    <Section
      title="Domains"
      description={`Names under which visitors reach ${app.name}.`}
      action={
        mayChange && (
          <Button size="small" look="primary" onClick={() => setAdding(true)}>
            Add a domain
          </Button>
        )
      }
    >
      <LostNotice lost={live.lost} />
      <ul aria-label="Domains" className="divide-y divide-line rounded-md border border-line bg-surface">
        {domains.map((domain) => (
          <DomainItem
            key={domain.host}
            {...{ domain, domains, certificates, target, at, mayChange }}
            onChanged={live.readNow}
          />
        ))}
      </ul>
      {domains.length === 1 && mayChange && (
        <p className="text-muted">
          Visitors can come by a name of your own, too: add it, and create the record that is shown.
        </p>
      )}
      {adding && (
        <AddDomain app={app.name} target={target} onAdded={live.readNow} onClose={() => setAdding(false)} />
      )}
    </Section>
  )
}
