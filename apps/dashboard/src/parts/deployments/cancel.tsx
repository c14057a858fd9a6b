'use client'

import type { DeploymentView } from '@berth/api'
import { Button } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useApp } from '../app-frame.tsx'
import { whoMade } from '../commit.tsx'
import { ConfirmChange } from '../confirm-change.tsx'

/** Breaks it off, after saying whose work that is and what goes on serving. */
export function Cancel({ deployment }: { deployment: DeploymentView }) {
  const [isOpen, setIsOpen] = useState(false)
  const { value: app } = useApp()
  const [isAsked, setIsAsked] = useState(false)
  if (!app.can.includes('app.cancel')) return null
  if (deployment.state === 'healthy')
    return <p className="text-sm text-muted">The route is being switched: there is no way back.</p>
  return (
    <>
      <Button size="small" onClick={() => setIsOpen(true)} busy={isAsked}>
        {isAsked ? 'Cancelling' : 'Cancel'}
      </Button>
      {isOpen && (
        <ConfirmChange
          title="Cancel this deployment"
          description={<Consequences deployment={deployment} live={app.live?.version ?? null} />}
          action="Cancel the deployment"
          keep="Let it go on"
          change={() => trpc.deployments.cancel.mutate({ id: deployment.id })}
          onDone={() => setIsAsked(true)}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  )
}

function Consequences({ deployment, live }: { deployment: DeploymentView; live: number | null }) {
  const isPush = deployment.kind === 'push' && deployment.build !== null
  const whose = `${whoMade(deployment)} began it${isPush ? ', and the push is refused' : ''}.`
  const stays =
    live === null ? 'Nothing is live yet.' : `v${live} goes on serving; nobody who uses it notices.`
  const commands =
    deployment.deployment === null ? '' : ' What its release command has done already stays done.'
  return `${whose} ${stays}${commands}`
}
