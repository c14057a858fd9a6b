'use client'

import { Button, type SaidText } from '@berth/ui'
import type { ReactNode } from 'react'
import { failureIn, trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'

type RestartProps = {
  app: string
  /** `web`, `web.1`; null: all of it. */
  what: string | null
  onSaid: (said: SaidText) => void
  children: ReactNode
}

/** Harmless: what is there serves until the other does. */
export function RestartButton({ app, what, onSaid, children }: RestartProps) {
  const { run, busy } = useMutation(async () => onSaid(await restart(app, what)))
  return (
    <Button size="small" busy={busy} onClick={() => run(undefined)}>
      {children}
      {what !== null && <span className="sr-only"> {what}</span>}
    </Button>
  )
}

export async function restart(app: string, what: string | null): Promise<SaidText> {
  try {
    const restarted = await trpc.processes.restart.mutate({ app, what })
    if (restarted.kind === 'deployment')
      return {
        title: `${app} is being restarted.`,
        more: 'Every instance is replaced by another of the same release, without downtime.',
      }
    const names = restarted.replaced.map(({ name }) => name).join(', ')
    return {
      title: `${names} ${restarted.replaced.length === 1 ? 'is' : 'are'} being replaced, without downtime.`,
    }
  } catch (error) {
    const { message, hint } = failureIn(error)
    return { tone: 'warn', title: message, more: hint }
  }
}
