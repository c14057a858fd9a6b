'use client'

import { useRouter } from 'next/navigation'
import { trpc } from '../../live/trpc.ts'
import { ConfirmChange } from '../confirm-change.tsx'

export function RemoveApp({ name, onClose }: { name: string; onClose: () => void }) {
  const router = useRouter()
  return (
    <ConfirmChange
      title={`Remove ${name}`}
      description="Its address stops answering at once."
      name={{ label: 'Name of the app', value: name }}
      action="Remove for good"
      change={(confirmedName) => trpc.apps.remove.mutate({ app: name, confirmedName })}
      onDone={() => router.push('/')}
      onClose={onClose}
    />
  )
}
