'use client'

import type { DeploymentView } from '@berth/api'
import { EmptyState, Section } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useApp } from '../app-frame.tsx'
import { PushInstructions } from '../push-instructions.tsx'
import { DeploymentTable } from './deployment-table.tsx'

export function DeploymentList({ app, initial }: { app: string; initial: DeploymentView[] }) {
  const { value: deployments } = useLive(initial, () => trpc.deployments.list.query({ app, limit: 100 }))
  const { remotes } = useApp().value
  if (deployments.length === 0) {
    return (
      <EmptyState title="No deployments yet. Push:">
        <PushInstructions remotes={remotes} />
      </EmptyState>
    )
  }
  return (
    <Section title="Deployments" description={deployments.length === 100 ? 'The last 100.' : undefined}>
      <DeploymentTable deployments={deployments} app={app} />
    </Section>
  )
}
