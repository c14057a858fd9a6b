'use client'

import type { DeathView } from '@berth/api'
import { releaseLabel } from '@berth/domain'
import { Disclosure, RelativeTime, Section, sayCount } from '@berth/ui'
import Link from 'next/link'
import { adviceFor, sayCause } from '../crashes/crash-advice.ts'
import { type Crash, groupCrashes } from '../crashes/group-crashes.ts'
import { LastLines } from '../crashes/last-lines.tsx'

type CrashesProps = { deaths: readonly DeathView[]; app: string; canConfigure: boolean }

/** What ended though it should run: why, what it printed last, what to do. Absent where nothing did. */
export function Crashes({ deaths, app, canConfigure }: CrashesProps) {
  const crashes = groupCrashes(deaths)
  if (crashes.length === 0) return null
  return (
    <Section title="Recent errors">
      <ul className="divide-y divide-line rounded-md border border-line bg-surface">
        {crashes.slice(0, 5).map((crash, index) => (
          <CrashRow
            key={crash.newest.id}
            crash={crash}
            app={app}
            open={index === 0}
            canConfigure={canConfigure}
          />
        ))}
      </ul>
    </Section>
  )
}

type RowProps = { crash: Crash; app: string; open: boolean; canConfigure: boolean }

function CrashRow({ crash: { newest, times }, app, open, canConfigure }: RowProps) {
  const advice = adviceFor(newest)
  return (
    <li className="flex flex-col gap-2 px-4 py-3.5">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="font-medium sm:w-24">{newest.instance}</span>
        <span className="min-w-0 flex-1 max-sm:basis-full">{sayCause(newest)}</span>
        <span className="text-sm text-muted">
          {times > 1 && `${sayCount(times, 'time')} · last `}
          <RelativeTime at={newest.endedAt} /> · {releaseLabel(newest.releaseVersion)}
        </span>
      </div>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted sm:ml-28">
        {advice.text}
        <span className="flex gap-4">
          {advice.limits && canConfigure && (
            <Link href={`/apps/${app}/processes`} className={linkClass}>
              Limits
            </Link>
          )}
          <Link href={`/apps/${app}/logs?instance=${newest.instance}`} className={linkClass}>
            Its log
          </Link>
        </span>
      </p>
      {newest.lastLines.length > 0 && (
        <div className="min-w-0 sm:ml-28">
          <Disclosure summary="What it printed last" open={open}>
            <LastLines of={newest.instance} lines={newest.lastLines.slice(-12)} />
          </Disclosure>
        </div>
      )}
    </li>
  )
}

const linkClass = 'rounded-sm font-medium text-accent hover:text-accent-strong'
