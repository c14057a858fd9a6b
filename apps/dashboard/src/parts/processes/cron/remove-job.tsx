'use client'

import type { SaidText } from '@berth/ui'
import { trpc } from '../../../live/trpc.ts'
import { ConfirmChange } from '../../confirm-change.tsx'

type RemoveProps = { app: string; name: string; onOver: () => void; onSaid: (said: SaidText) => void }

export function RemoveJob({ app, name, onOver, onSaid }: RemoveProps) {
  return (
    <ConfirmChange
      title={`Remove ${name}`}
      description="It is due no more. A run that is under way goes on to its end."
      name={{ label: 'Name of the job', value: name }}
      action="Remove for good"
      change={() => trpc.cron.remove.mutate({ app, name })}
      onDone={() => onSaid({ title: `${name} was removed.`, more: 'Its runs are kept.' })}
      onClose={onOver}
    />
  )
}
