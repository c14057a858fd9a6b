'use client'

import type { AppDetail, DeathView, DeploymentView } from '@berth/api'
import { Button, Notice, RelativeTime } from '@berth/ui'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { whoMade } from '../commit.tsx'
import { adviceFor, sayCause } from '../crashes/crash-advice.ts'
import { isUnderWay } from '../deployments/under-way.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { firstLine } from '../first-line.ts'
import { deploymentMarks } from '../marks.ts'

type SituationProps = { latest: DeploymentView | undefined; deaths: readonly DeathView[] }

/** What is out of the ordinary, said first, each with what to do: nothing, where all is well. */
export function AppSituation({ latest, deaths }: SituationProps) {
  const { value: app } = useApp()
  return (
    <>
      {app.lock && <LockNotice app={app} lock={app.lock} />}
      {app.stoppedAt !== null && app.live !== null && <StoppedNotice app={app} since={app.stoppedAt} />}
      {latest && isUnderWay(latest.state) && <UnderWayNotice app={app.name} latest={latest} />}
      {latest?.state === 'failed' && <FailedNotice app={app} latest={latest} />}
      <DownNotice app={app} death={deaths[0]} />
    </>
  )
}

const unlock = (app: string) => trpc.apps.unlock.mutate({ app })
const start = (app: string) => trpc.processes.start.mutate({ app })

function LockNotice({ app, lock }: { app: AppDetail; lock: NonNullable<AppDetail['lock']> }) {
  return (
    <Notice
      tone="warn"
      title={
        <>
          Locked{lock.by && ` by ${lock.by}`}, <RelativeTime at={lock.at} />
          {lock.reason && `: ${lock.reason}`}
        </>
      }
      action={
        app.can.includes('app.cancel') && (
          <Ask app={app.name} change={unlock}>
            Unlock
          </Ask>
        )
      }
    >
      What is live goes on. Nothing new is deployed until it is unlocked.
    </Notice>
  )
}

function StoppedNotice({ app, since }: { app: AppDetail; since: string }) {
  return (
    <Notice
      tone="accent"
      title={
        <>
          Stopped, <RelativeTime at={since} />
        </>
      }
      action={
        app.can.includes('app.restart') && (
          <Ask app={app.name} change={start}>
            Start
          </Ask>
        )
      }
    >
      Nothing of it runs, jobs on a schedule rest, and visitors are told that it is away. A deployment starts
      it, too.
    </Notice>
  )
}

type AskProps = { app: string; change: (app: string) => Promise<unknown>; children: ReactNode }

/** A change with one button, and what went wrong below it. */
function Ask({ app, change, children }: AskProps) {
  const { readNow } = useApp()
  const { run, busy, failure } = useMutation(async (name: string) => {
    await change(name)
    readNow()
  })
  return (
    <span className="flex shrink-0 flex-col items-end gap-1">
      <Button size="small" onClick={() => run(app)} busy={busy}>
        {children}
      </Button>
      {failure && (
        <span role="alert" className="max-w-48 text-right text-sm text-bad">
          {failure.message}
        </span>
      )}
    </span>
  )
}

function UnderWayNotice({ app, latest }: { app: string; latest: DeploymentView }) {
  const what = latest.commit ? firstLine(latest.commit.message) : latest.reason
  return (
    <Notice
      tone="accent"
      title={`${deploymentMarks[latest.state].word}${what ? `: ${what}` : ''}`}
      action={
        <Button asChild size="small">
          <Link href={`/apps/${app}/deployments/${latest.id}`}>Watch it</Link>
        </Button>
      }
    >
      {whoMade(latest)}, <RelativeTime at={latest.createdAt} />
    </Notice>
  )
}

/** The newest attempt failed: said first, because it is why one came. */
function FailedNotice({ app, latest }: { app: AppDetail; latest: DeploymentView }) {
  return (
    <FailureNotice failure={latest.error ?? { message: 'The last deployment failed.', hint: '' }}>
      {app.live === null ? 'Nothing is live yet. ' : 'The version before it is still serving. '}
      <Link
        href={`/apps/${app.name}/deployments/${latest.id}`}
        className="font-medium whitespace-nowrap text-text underline underline-offset-2"
      >
        See what happened
      </Link>
    </FailureNotice>
  )
}

/** Something is live, and does not do its work. */
function DownNotice({ app, death }: { app: AppDetail; death: DeathView | undefined }) {
  const { state, instances } = app
  if (state === 'crashed')
    return (
      <Notice tone="bad" title={`No instance of ${app.name} runs`}>
        {death && `${death.instance}: ${sayCause(death)} ${adviceFor(death).text} `}
        It is started again by itself, each time after a longer while.
      </Notice>
    )
  if (state === 'unhealthy' && instances)
    return (
      <Notice tone="warn" title={`${instances.running} of ${instances.wanted} instances run`}>
        {death && `${death.instance}: ${sayCause(death)} `}
        Those that run take the requests; the others are started again by themselves.
      </Notice>
    )
  if (state === 'stopped' && app.stoppedAt === null)
    return (
      <Notice tone="accent" title="No instance is asked for">
        Every process type is scaled to 0.{' '}
        <Link
          href={`/apps/${app.name}/processes`}
          className="font-medium text-text underline underline-offset-2"
        >
          Scale web up
        </Link>{' '}
        to serve again.
      </Notice>
    )
  return null
}
