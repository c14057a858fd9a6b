'use client'

import type { RoutingView } from '@berth/api'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'

/** What the front door does for the app, and how to change it. What a change has answered counts until it is read again. */
export function useRouting(initial: RoutingView) {
  const { value: app } = useApp()
  const live = useLive(initial, () => trpc.routing.get.query({ app: app.name }), { app: app.name })
  const [answered, setAnswered] = useState<{ over: RoutingView; value: RoutingView } | null>(null)
  const change = useMutation((ask: () => Promise<RoutingView>) => ask())
  const run = async (ask: () => Promise<RoutingView>): Promise<boolean> => {
    const over = live.value
    const value = await change.run(ask)
    if (value === undefined) return false
    setAnswered({ over, value })
    live.readNow()
    return true
  }
  type Changes = Omit<Parameters<typeof trpc.routing.set.mutate>[0], 'app'>
  return {
    value: answered?.over === live.value ? answered.value : live.value,
    busy: change.busy,
    failure: change.failure,
    clear: change.clear,
    run,
    set: (changes: Changes) => run(() => trpc.routing.set.mutate({ app: app.name, ...changes })),
  }
}

export type HeldRouting = ReturnType<typeof useRouting>
