'use client'

import { trpc } from '../../live/trpc.ts'
import { useApp } from '../app-frame.tsx'
import { ConfirmChange } from '../confirm-change.tsx'

type RemoveDomainProps = { host: string; onChanged: () => void; onClose: () => void }

export function RemoveDomain({ host, onChanged, onClose }: RemoveDomainProps) {
  const { value: app } = useApp()
  return (
    <ConfirmChange
      title={`Remove ${host}`}
      description={`Its visitors do not reach ${app.name} any more, at once. Its automatic certificate goes with it. Its record in the DNS stays: remove it there.`}
      action="Remove the domain"
      name={{ label: 'Type the domain', value: host }}
      change={() => trpc.domains.remove.mutate({ app: app.name, host })}
      onDone={onChanged}
      onClose={onClose}
    />
  )
}
