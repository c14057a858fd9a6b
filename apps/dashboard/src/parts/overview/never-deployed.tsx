'use client'

import { Button, Card, EmptyState } from '@berth/ui'
import Link from 'next/link'
import { useState } from 'react'
import { AddKey } from '../account/add-key.tsx'
import { useApp } from '../app-frame.tsx'
import { PushInstructions } from '../push-instructions.tsx'

/** Nothing was deployed: how to, with the key on the spot. The page goes on by itself when a push arrives. */
export function NeverDeployed({ hasKey }: { hasKey: boolean }) {
  const { value: app } = useApp()
  const [keyed, setKeyed] = useState(hasKey)
  if (!app.can.includes('app.push'))
    return (
      <EmptyState title="Nothing deployed yet">
        <p className="text-muted">A developer of {app.team.name} pushes it. It shows here as it happens.</p>
      </EmptyState>
    )
  return (
    <EmptyState title="Nothing deployed yet. Push a repository with a Dockerfile:">
      <PushInstructions remotes={app.remotes} />
      {!keyed && (
        <Card className="flex flex-col gap-3 p-5">
          <p className="text-muted">Your account has no SSH key yet, and a push over SSH needs one:</p>
          <AddKey onAdded={() => setKeyed(true)} />
        </Card>
      )}
      <div className="-ml-2.5">
        <Button asChild look="quiet" size="small">
          <Link href={`/apps/new?from=image&app=${app.name}`}>Or from an image</Link>
        </Button>
        <Button asChild look="quiet" size="small">
          <Link href={`/apps/new?from=git&app=${app.name}`}>Or from a git URL</Link>
        </Button>
      </div>
    </EmptyState>
  )
}
