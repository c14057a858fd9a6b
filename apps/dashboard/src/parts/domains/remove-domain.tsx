'use client'

import { Confirm } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'

type RemoveDomainProps = { host: string; onChanged: () => void; onClose: () => void }

const remove = (asked: { app: string; host: string }) => trpc.domains.remove.mutate(asked)

export function RemoveDomain({ host, onChanged, onClose }: RemoveDomainProps) {
  const { value: app } = useApp()
  const { run, busy, failure } = useMutation(remove)
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${host}`}
      description={`Its visitors do not reach ${app.name} any more, at once. Its automatic certificate goes with it. Its record in the DNS stays: remove it there.`}
      action="Remove the domain"
      name={{ label: 'Type the domain', value: host }}
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onConfirm={async () => {
        if ((await run({ app: app.name, host })) === undefined) return
        onClose()
        onChanged()
      }}
    />
  )
}
