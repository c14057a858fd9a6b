'use client'

import type { TeamView } from '@berth/api'
import { Button, Card, EmptyState } from '@berth/ui'
import Link from 'next/link'
import { useState } from 'react'
import { AddKey } from '../account/add-key.tsx'
import { PushInstructions } from '../push-instructions.tsx'

type FirstAppProps = {
  team: Pick<TeamView, 'id' | 'name' | 'can'>
  /** Is this the team that a push to a new name makes its app in? */
  takesPushes: boolean
  remotes: { ssh: string; http: string }
  hasKey: boolean
}

/** No app yet: teaches the push, which creates one. */
export function FirstApp({ team, takesPushes, remotes, hasKey }: FirstAppProps) {
  if (!team.can.includes('app.create'))
    return (
      <EmptyState title="No apps yet">
        <p className="text-muted">A developer of {team.name} pushes the first one. It shows here then.</p>
      </EmptyState>
    )
  const otherWays = (
    <Link href={`/apps/new?team=${team.id}`}>
      {takesPushes ? 'Or from an image, or a git URL' : 'New app'}
    </Link>
  )
  if (!takesPushes)
    return (
      <EmptyState title="No apps yet. Create the first one:">
        <p className="max-w-prose text-muted">
          Give it a name here; then push to it, or name an image or a git URL.
        </p>
        <Button asChild look="primary" className="w-fit">
          {otherWays}
        </Button>
      </EmptyState>
    )
  return (
    <EmptyState title="No apps yet. Push one:">
      <p className="max-w-prose text-muted">
        In a repository with a Dockerfile. The name at the end of the address is the app's; pushing to a new
        name creates it.
      </p>
      <PushWithKey remotes={remotes} hasKey={hasKey} />
      <Button asChild look="quiet" size="small" className="-ml-2.5 w-fit">
        {otherWays}
      </Button>
    </EmptyState>
  )
}

function PushWithKey({ remotes, hasKey }: Pick<FirstAppProps, 'remotes' | 'hasKey'>) {
  const [keyed, setKeyed] = useState(hasKey)
  const [adding, setAdding] = useState(false)
  const named = { ssh: remotes.ssh.replace('APP', 'my-app'), http: remotes.http.replace('APP', 'my-app') }
  return (
    <>
      <PushInstructions key={String(keyed)} remotes={named} preferHttp={!keyed} />
      {!keyed && !adding && (
        <p className="flex flex-wrap items-center gap-2 text-muted">
          Your account has no SSH key yet.
          <Button size="small" onClick={() => setAdding(true)}>
            Add one
          </Button>
        </p>
      )}
      {!keyed && adding && (
        <Card className="p-5">
          <AddKey onAdded={() => setKeyed(true)} />
        </Card>
      )}
    </>
  )
}
