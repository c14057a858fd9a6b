'use client'

import type { CertificateView } from '@berth/api'
import { Badge, Button, Item, ItemList, Section, UntilTime } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useApp } from '../app-frame.tsx'
import { ConfirmChange } from '../confirm-change.tsx'
import { UploadCertificate } from './upload-certificate.tsx'

type OwnCertificatesProps = { certificates: CertificateView[]; mayChange: boolean; onChanged: () => void }

/** Certificates that somebody has brought. They go before automatic ones, and nobody renews them. */
export function OwnCertificates({ certificates, mayChange, onChanged }: OwnCertificatesProps) {
  const [adding, setAdding] = useState(false)
  const own = certificates.filter(({ source }) => source === 'own')
  return (
    <Section
      title="Certificates of your own"
      description="Shown before automatic ones, and not renewed by Berth: the team hears of it two weeks before one ends."
      action={
        mayChange && (
          <Button size="small" onClick={() => setAdding(true)}>
            Add a certificate
          </Button>
        )
      }
    >
      {own.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
          None. Bring one where your company issues them, or where a name cannot be proved from here.
        </p>
      ) : (
        <ItemList label="Certificates of your own">
          {own.map((certificate) => (
            <OwnCertificate key={certificate.id} {...{ certificate, mayChange, onChanged }} />
          ))}
        </ItemList>
      )}
      {adding && <UploadCertificate onAdded={onChanged} onClose={() => setAdding(false)} />}
    </Section>
  )
}

function OwnCertificate({
  certificate: { id, hosts, issuer, state, expiresAt },
  mayChange,
  onChanged,
}: Omit<OwnCertificatesProps, 'certificates'> & { certificate: CertificateView }) {
  const { value: app } = useApp()
  const [asked, setAsked] = useState(false)
  const [first = 'a certificate'] = hosts
  return (
    <Item
      title={hosts.join(', ')}
      mark={state === 'expired' && <Badge tone="bad">expired</Badge>}
      action={
        mayChange && (
          <Button
            size="small"
            look="danger"
            aria-label={`Remove the certificate for ${first}`}
            onClick={() => setAsked(true)}
          >
            Remove
          </Button>
        )
      }
    >
      <span>
        {issuer && `From ${issuer} · `}
        {expiresAt && (
          <>
            valid until {expiresAt.slice(0, 10)} (<UntilTime at={expiresAt} />)
          </>
        )}
      </span>
      {asked && (
        <ConfirmChange
          title={`Remove the certificate for ${first}`}
          description="An automatic one takes its place where there is one; else browsers warn visitors of these names. Its key is deleted, and cannot be fetched from here."
          action="Remove the certificate"
          change={() => trpc.certificates.remove.mutate({ app: app.name, id })}
          onDone={onChanged}
          onClose={() => setAsked(false)}
        />
      )}
    </Item>
  )
}
