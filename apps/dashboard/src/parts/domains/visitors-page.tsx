'use client'

import type { RoutingView } from '@berth/api'
import { Button, Card, Confirm, Section, StateMark } from '@berth/ui'
import Link from 'next/link'
import { useState } from 'react'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { PasswordProtection } from './password-protection.tsx'
import { type HeldRouting, useRouting } from './use-routing.ts'

/** Who gets the app, and who something else. */
export function VisitorsPage({ initial }: { initial: RoutingView }) {
  const { value: app } = useApp()
  const routing = useRouting(initial)
  const mayChange = app.can.includes('app.domains.change')
  return (
    <>
      <Maintenance routing={routing} mayChange={mayChange} />
      <PasswordProtection routing={routing} mayChange={mayChange} />
    </>
  )
}

function Maintenance({ routing, mayChange }: { routing: HeldRouting; mayChange: boolean }) {
  const { value: app } = useApp()
  const [asked, setAsked] = useState(false)
  const { maintenance, pages } = routing.value
  const turn = async (on: boolean) => (await routing.set({ maintenance: on })) && setAsked(false)
  return (
    <Section
      title="Maintenance"
      description="While you work on the app, visitors get a page instead of it (503). Instances go on running."
    >
      <Card className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-3.5">
        <div className="flex min-w-0 flex-col gap-0.5">
          <span role="status">
            <StateMark
              {...(maintenance
                ? { shape: 'half', tone: 'warn', word: 'In maintenance' }
                : { shape: 'circle', tone: 'good', word: 'Visitors get the app' })}
            />
          </span>
          <span className="text-sm text-muted">
            The page is {pages.includes('maintenance') ? 'your own' : 'Berth’s'}.{' '}
            <Link href={`/apps/${app.name}/domains/pages`} className="text-accent underline">
              See its source
            </Link>
          </span>
        </div>
        {mayChange &&
          (maintenance ? (
            <Button look="primary" busy={routing.busy} onClick={() => turn(false)}>
              Show the app again
            </Button>
          ) : (
            <Button onClick={() => setAsked(true)}>Turn on maintenance</Button>
          ))}
      </Card>
      {routing.failure && !asked && <FailureNotice failure={routing.failure} />}
      <Confirm
        open={asked}
        onOpenChange={setAsked}
        title="Turn on maintenance"
        description={`Within seconds nobody reaches ${app.name} any more, at none of its domains. You turn it off here.`}
        action="Turn it on"
        keep="Not now"
        busy={routing.busy}
        failure={routing.failure && <FailureNotice failure={routing.failure} />}
        onConfirm={() => turn(true)}
      />
    </Section>
  )
}
