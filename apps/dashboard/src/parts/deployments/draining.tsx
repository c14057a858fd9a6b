'use client'

import type { InstanceView } from '@berth/observe'
import { sayCount, TimelineStep } from '@berth/ui'
import { useRef } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'

type DrainingProps = { app: string; version: number }

/** Instances of earlier releases that still answer what they had begun: the last step, after which nobody waits. */
export function Draining({ app, version }: DrainingProps) {
  const { value: instances } = useLive<InstanceView[] | null>(
    null,
    () => trpc.instances.list.query({ app }),
    { app, everyMs: 2000 },
  )
  const old = (instances ?? []).filter(
    ({ releaseVersion, state }) => releaseVersion < version && state !== 'stopped',
  )
  const wasSeen = useRef(false)
  if (old.length > 0) wasSeen.current = true
  if (!wasSeen.current) return null
  const count = sayCount(old.length, 'instance')
  return (
    <ol>
      {old.length > 0 ? (
        <TimelineStep
          shape="ring"
          tone="accent"
          word="Under way"
          title={`Draining ${count} of earlier releases`}
        />
      ) : (
        <TimelineStep shape="check" tone="good" word="Done" title="Earlier instances have stopped" />
      )}
    </ol>
  )
}
