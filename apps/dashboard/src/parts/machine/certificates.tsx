'use client'

import type { MachineCertificateView } from '@berth/api'
import { Cell, Row, Section, StateMark, sayExactly, Table } from '@berth/ui'
import { useNow } from '@berth/ui/clock.ts'
import Link from 'next/link'
import { certificateMark, sayEnd } from './certificate-mark.ts'

/** Every certificate of the platform, whichever ends first before the others. */
export function Certificates({ certificates }: { certificates: readonly MachineCertificateView[] }) {
  return (
    <Section title="Certificates">
      {certificates.length === 0 ? (
        <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">
          None yet: an app that has a domain gets one, where BERTH_ACME_EMAIL is set, or brings its own.
        </p>
      ) : (
        <Table label="Certificates" head={['State', 'For', 'App', 'Ends', 'From']}>
          {certificates.map((certificate) => (
            <CertificateRow key={certificate.id} certificate={certificate} />
          ))}
        </Table>
      )}
    </Section>
  )
}

function CertificateRow({ certificate }: { certificate: MachineCertificateView }) {
  const now = useNow()
  const { hosts, app, expiresAt, issuer, source, error } = certificate
  return (
    <Row>
      <Cell>
        <StateMark {...certificateMark(certificate, now)} />
      </Cell>
      <Cell wide className="sm:w-2/5">
        <span className="break-all">{hosts.length > 0 ? hosts.join(', ') : 'A domain of another team'}</span>
        {error && (
          <span className="block text-sm text-muted">
            <span className="text-bad">{error.message}</span> {error.hint}
          </span>
        )}
      </Cell>
      <Cell>
        {app ? (
          <Link href={`/apps/${app}/domains`} data-opens="" className="rounded-sm font-medium">
            {app}
          </Link>
        ) : (
          <span className="text-muted">{hosts.length > 0 ? 'Berth itself' : '–'}</span>
        )}
      </Cell>
      <Cell className="text-muted">
        {expiresAt && (
          <time
            dateTime={expiresAt}
            title={sayExactly(Date.parse(expiresAt))}
            className="whitespace-nowrap tabular-nums"
            suppressHydrationWarning
          >
            {sayEnd(expiresAt, now)}
          </time>
        )}
      </Cell>
      <Cell className="text-muted">{issuer ?? (source === 'own' ? 'brought by the app' : 'automatic')}</Cell>
    </Row>
  )
}
