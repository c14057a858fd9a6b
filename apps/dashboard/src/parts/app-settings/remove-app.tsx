'use client'

import { Confirm } from '@berth/ui'
import { useRouter } from 'next/navigation'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'

const remove = (app: { app: string; confirmedName: string }) => trpc.apps.remove.mutate(app)

export function RemoveApp({ name, onClose }: { name: string; onClose: () => void }) {
  const router = useRouter()
  const { run, busy, failure } = useMutation(remove)
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={`Remove ${name}`}
      description="Its address stops answering at once."
      name={{ label: 'Name of the app', value: name }}
      action="Remove for good"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onConfirm={async (confirmedName) => {
        if (await run({ app: name, confirmedName })) router.push('/')
      }}
    />
  )
}
