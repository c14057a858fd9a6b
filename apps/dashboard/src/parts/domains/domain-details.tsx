'use client'

import type { CertificatesView, DomainView } from '@berth/api'
import type { DomainLead, FrontAddress } from '@berth/observe'
import { Button, Notice, RelativeTime, UntilTime } from '@berth/ui'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { automaticOf } from './certificate-mark.ts'
import { DnsRecords } from './dns-records.tsx'
import { useLead } from './use-lead.ts'

type DomainDetailsProps = {
  domain: DomainView
  certificates: CertificatesView
  target: FrontAddress | null
  mayChange: boolean
  onChanged: () => void
}

export function DomainDetails({ domain, certificates, target, mayChange, onChanged }: DomainDetailsProps) {
  const { value: app } = useApp()
  const looking = useLead(app.name, domain, { enabled: mayChange, onSeen: onChanged })
  const leadsHere = looking.lead?.leadsHere ?? domain.verifiedAt !== null
  const record = automaticOf(domain.host, certificates.certificates)
  // That it leads elsewhere is said once, with what was found just now.
  const problem = record?.error?.code === 'CERTIFICATE.ELSEWHERE' ? null : record?.error
  return (
    <div className="flex flex-col gap-4 border-t border-line bg-canvas px-4 py-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div role="status" className="min-w-0 flex-1 max-sm:basis-full">
          <Found domain={domain} lead={looking.lead} isLooking={looking.isLooking} />
        </div>
        {mayChange && (
          <Button size="small" busy={looking.isLooking} onClick={looking.look}>
            Check now
          </Button>
        )}
      </div>
      {looking.failure && <FailureNotice failure={looking.failure} />}
      <div className="flex flex-col gap-2">
        <p className="font-medium">
          {leadsHere ? 'Its record, where its DNS is kept' : 'Create this where its DNS is kept'}
        </p>
        <DnsRecords host={domain.host} target={target} />
      </div>
      {problem && (
        <Notice tone={domain.certificate ? 'warn' : 'bad'} title={problem.message}>
          {problem.hint}{' '}
          {record?.nextAt && (
            <>
              Tried again <UntilTime at={record.nextAt} />.
            </>
          )}
        </Notice>
      )}
    </div>
  )
}

type FoundProps = { domain: DomainView; lead: DomainLead | null; isLooking: boolean }

function Found({ domain, lead, isLooking }: FoundProps) {
  if (lead === null)
    return (
      <p className="text-muted">
        {domain.verifiedAt ? (
          <>
            Last seen to lead here <RelativeTime at={domain.verifiedAt} />.
          </>
        ) : isLooking ? (
          'Looking where it leads…'
        ) : (
          'It was not seen to lead here yet.'
        )}
      </p>
    )
  if (lead.leadsHere)
    return <p>It leads here ({[lead.alias, ...lead.addresses].filter(Boolean).join(', ')}).</p>
  if (lead.addresses.length === 0)
    return (
      <p>
        It has no address yet.{' '}
        <span className="text-muted">
          A new record can take some minutes to be seen; it is looked at again.
        </span>
      </p>
    )
  return (
    <p>
      It points to <code className="text-sm">{lead.addresses.join(', ')}</code> instead.{' '}
      <span className="text-muted">What answers there is not this platform. It is looked at again.</span>
    </p>
  )
}
