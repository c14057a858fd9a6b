'use client'

import { Shape } from '@berth/ui'
import { trpc } from '../live/trpc.ts'
import { useLive } from '../live/use-live.ts'

const readHealth = async () => (await trpc.meta.platform.query()).workerHealthy

/** The machine in one quiet dot: it speaks up when the worker does not answer. */
export function HealthDot({ initial }: { initial: boolean }) {
  const { value: healthy, lost } = useLive(initial, readHealth, { app: null, everyMs: 15_000 })
  const fine = healthy && !lost
  const words = lost ? 'Berth does not answer' : fine ? 'The worker answers' : 'The worker does not answer'
  return (
    <span
      role="status"
      title={words}
      className={`inline-flex h-7 items-center gap-1.5 px-2 text-sm ${fine ? 'text-good' : 'text-warn'}`}
    >
      <Shape shape={fine ? 'circle' : 'half'} className="size-2.5" />
      <span className={fine ? 'sr-only' : 'max-sm:sr-only'}>{words}</span>
    </span>
  )
}
