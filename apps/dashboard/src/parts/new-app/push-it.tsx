'use client'

import type { AppDetail } from '@berth/api'
import { Button, Notice, Section, StateMark } from '@berth/ui'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { AddKey } from '../account/add-key.tsx'
import { PushInstructions } from '../push-instructions.tsx'
import { shortUrl } from '../short-url.ts'

/** How to push to an app that was just made; the page goes on to the deployment when the push arrives. */
export function PushIt({ app, hasKey }: { app: AppDetail; hasKey: boolean }) {
  const [keyed, setKeyed] = useState(hasKey)
  const router = useRouter()
  const { value: now } = useLive(app, () => trpc.apps.get.query({ app: app.name }), { app: app.name })
  const begun = now.latest?.id
  useEffect(() => {
    if (begun) router.push(`/apps/${app.name}/deployments/${begun}`)
  }, [begun, app.name, router])
  return (
    <div className="flex max-w-2xl flex-col gap-8">
      <Notice tone="good" title={`${app.name} is there.`}>
        After the first push it answers at{' '}
        <span className="font-mono text-xs break-all text-text">{shortUrl(app.url)}</span>
      </Notice>
      {!keyed && (
        <Section
          title="1. Add an SSH key"
          description="Your account has none yet, and a push over SSH needs one. Over HTTP you need a token instead."
        >
          <AddKey onAdded={() => setKeyed(true)} />
        </Section>
      )}
      <Section
        title={keyed ? 'Push' : '2. Push'}
        description="In your repository, with a Dockerfile at its root. The push prints the build as it happens."
      >
        <PushInstructions remotes={app.remotes} />
      </Section>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        <Button asChild>
          <Link href={`/apps/${app.name}`}>Open {app.name}</Link>
        </Button>
        <span role="status" className="text-muted">
          {begun ? (
            'The push has arrived.'
          ) : (
            <StateMark shape="ring" tone="accent" word="Waiting for the first push" quietWord />
          )}
        </span>
      </div>
    </div>
  )
}
