import type { FrontAddress } from '@berth/observe'
import { dnsRecords } from '@berth/route/certificates/dns-records.ts'
import { CopyField } from '@berth/ui'

/** What to create where a domain's DNS is kept, to copy piece by piece. */
export function DnsRecords({ host, target }: { host: string; target: FrontAddress | null }) {
  if (target === null)
    return (
      <p className="text-muted">
        The worker does not answer now, so the address of this machine is not known. Try again in a moment.
      </p>
    )
  const records = dnsRecords(host, target)
  const [{ label, name }] = records
  return (
    <div className="flex flex-col gap-2">
      {records.map((record, at) => (
        <dl key={record.value} className="grid gap-2 sm:grid-cols-[5rem_minmax(0,2fr)_minmax(0,3fr)]">
          <Part name="Type" isFirst={at === 0}>
            <span className="flex h-9 items-center font-mono text-sm">{record.type}</span>
          </Part>
          <Part name="Name" isFirst={at === 0}>
            <CopyField value={record.label} label="the name" />
          </Part>
          <Part name="Value" isFirst={at === 0}>
            <CopyField value={record.value} label="the value" />
          </Part>
        </dl>
      ))}
      <p className="text-sm text-muted">
        Some providers want the whole name: <code className="break-all">{name}</code>
        {label === '@' && '. At the top of a domain there is no CNAME, so it takes addresses.'}
      </p>
    </div>
  )
}

/** In columns, the words above the first record are enough. */
function Part({ name, isFirst, children }: { name: string; isFirst: boolean; children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <dt className={`text-xs text-muted ${isFirst ? '' : 'sm:sr-only'}`}>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
