'use client'

import type { CertificatesView, DomainView } from '@berth/api'
import type { FrontAddress } from '@berth/observe'
import {
  Badge,
  Button,
  ChevronIcon,
  IconButton,
  Menu,
  MenuItem,
  MenuLine,
  MoreIcon,
  StateMark,
} from '@berth/ui'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { useNow } from '../use-now.ts'
import { certificateMark } from './certificate-mark.ts'
import { DomainDetails } from './domain-details.tsx'
import { RedirectDomain } from './redirect-domain.tsx'
import { RemoveDomain } from './remove-domain.tsx'

type DomainItemProps = {
  domain: DomainView
  domains: DomainView[]
  certificates: CertificatesView
  target: FrontAddress | null
  at: number
  mayChange: boolean
  onChanged: () => void
}

/** One name: whether it leads here and what of its certificate, in words; unfolded, what to do about either. */
export function DomainItem(props: DomainItemProps) {
  const { domain, domains, certificates, at, mayChange, onChanged } = props
  const { host, isDefault, redirectTo, verifiedAt } = domain
  const [asked, setAsked] = useState<'redirect' | 'remove' | null>(null)
  const [isOpen, setOpen] = useOpen(host)
  const nowMs = useNow(at)
  const close = () => setAsked(null)
  return (
    <li className="flex flex-col">
      <div className="flex items-start gap-3 px-4 py-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
            <HostName host={host} />
            {isDefault && <Badge>default</Badge>}
            {redirectTo && <span className="text-sm break-all text-muted">→ {redirectTo}</span>}
          </div>
          <div className="flex flex-wrap gap-x-5 gap-y-0.5 text-sm">
            {!isDefault && (
              <StateMark
                {...(verifiedAt === null
                  ? { shape: 'half', tone: 'warn', word: 'Does not lead here yet' }
                  : { shape: 'circle', tone: 'good', word: 'Leads here' })}
                quietWord
              />
            )}
            <StateMark {...certificateMark(domain, certificates, nowMs)} quietWord />
          </div>
        </div>
        {!isDefault && (
          <div className="flex items-center gap-1">
            <Button
              size="small"
              look={verifiedAt === null ? 'plain' : 'quiet'}
              aria-expanded={isOpen}
              aria-label={`${verifiedAt === null ? 'Set up' : 'Details of'} ${host}`}
              onClick={() => setOpen(!isOpen)}
            >
              {verifiedAt === null ? 'Set up' : 'Details'}
              <ChevronIcon className={`size-3 transition-transform ${isOpen ? 'rotate-90' : ''}`} />
            </Button>
            {mayChange && (
              <Menu
                align="end"
                trigger={<IconButton label={`What can be done to ${host}`} icon={<MoreIcon />} />}
              >
                {!host.startsWith('*.') && (
                  <>
                    <MenuItem onSelect={() => setAsked('redirect')}>
                      {redirectTo ? 'Change where it sends visitors' : 'Send its visitors elsewhere'}
                    </MenuItem>
                    <MenuLine />
                  </>
                )}
                <MenuItem danger onSelect={() => setAsked('remove')}>
                  Remove {host}
                </MenuItem>
              </Menu>
            )}
          </div>
        )}
      </div>
      {isOpen && !isDefault && <DomainDetails {...props} />}
      {asked === 'redirect' && <RedirectDomain {...{ domain, domains, onChanged }} onClose={close} />}
      {asked === 'remove' && <RemoveDomain host={host} onChanged={onChanged} onClose={close} />}
    </li>
  )
}

function HostName({ host }: { host: string }) {
  if (host.startsWith('*.')) return <span className="min-w-0 font-medium break-all">{host}</span>
  return (
    <a
      href={`http://${host}`}
      target="_blank"
      rel="noreferrer"
      className="min-w-0 rounded-sm font-medium break-all hover:text-accent"
    >
      {host}
    </a>
  )
}

/** Which one is unfolded is in the address. */
function useOpen(host: string): [boolean, (open: boolean) => void] {
  const router = useRouter()
  const path = usePathname()
  const isOpen = useSearchParams().get('domain') === host
  const set = (open: boolean) =>
    router.replace(open ? `${path}?domain=${encodeURIComponent(host)}` : path, { scroll: false })
  return [isOpen, set]
}
