'use client'

import type { DeathView } from '@berth/api'
import { releaseLabel } from '@berth/domain'
import { sayDeath } from '@berth/observe/say-exit.ts'
import { Dialog, RelativeTime, sayDuration, saySize } from '@berth/ui'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { Fact } from '../fact.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { adviceFor } from './crash-advice.ts'
import { LastLines } from './last-lines.tsx'

type PostMortemProps = {
  app: string
  /** Null: none is open. Its beginning will do, as `berth crashes` shows it. */
  id: string | null
  /** Those that are here already. */
  known: readonly DeathView[]
  onClose: () => void
}

/** All that is known of one end of an instance: how, how much it used, and what it printed last. */
export function PostMortem({ app, id, known, onClose }: PostMortemProps) {
  const { death, failure } = useDeath(app, id, known)
  return (
    <Dialog
      wide
      open={id !== null}
      onOpenChange={(open) => !open && onClose()}
      title={death ? sayDeath(death.instance, death) : 'A crash'}
      description={death && <Advice app={app} death={death} />}
    >
      {failure && <FailureNotice failure={failure} />}
      {death && <Findings app={app} death={death} />}
    </Dialog>
  )
}

function useDeath(app: string, id: string | null, known: readonly DeathView[]) {
  const here = id === null ? undefined : known.find((death) => death.id.startsWith(id))
  const [read, setRead] = useState<DeathView | null>(null)
  const { run, failure } = useMutation(trpc.instances.death.query)
  const isMissing = id !== null && here === undefined
  useEffect(() => {
    if (!isMissing || id === null) return
    run({ app, id }).then((death) => death && setRead(death))
  }, [app, id, isMissing, run])
  return { death: here ?? (read && id !== null && read.id.startsWith(id) ? read : null), failure }
}

type OfDeath = { app: string; death: DeathView }

function Advice({ app, death }: OfDeath) {
  const { text, limits } = adviceFor(death)
  const [type] = death.instance.split('.')
  return (
    <>
      {text}{' '}
      {limits && (
        <Link href={`/apps/${app}/processes?scale=${type}`} className={linkClass}>
          Its limits
        </Link>
      )}
    </>
  )
}

function Findings({ app, death }: OfDeath) {
  const { instance, lastLines } = death
  return (
    <>
      <dl className="flex flex-wrap gap-x-8 gap-y-3 tabular-nums">
        <Fact name="When">
          <RelativeTime at={death.endedAt} />
        </Fact>
        <Fact name="Ran for">{death.ranMs === null ? 'not known' : sayDuration(death.ranMs)}</Fact>
        <Fact name="Exit code">{death.code}</Fact>
        <Fact name="Signal">{death.signal ?? 'none'}</Fact>
        <Fact name="Memory at most">{memoryOf(death)}</Fact>
        <Fact name="Release">{releaseLabel(death.releaseVersion)}</Fact>
      </dl>
      <div className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium">What it printed last</h3>
        {lastLines.length === 0 ? (
          <p className="text-muted">Nothing.</p>
        ) : (
          <LastLines of={instance} lines={lastLines} />
        )}
      </div>
      <Link href={`/apps/${app}/logs?instance=${instance}`} className={`w-fit text-sm ${linkClass}`}>
        The whole log of {instance}
      </Link>
    </>
  )
}

function memoryOf({ peakMemoryBytes, memoryLimitBytes }: DeathView): string {
  if (peakMemoryBytes === null) return 'not known'
  const peak = saySize(peakMemoryBytes)
  return memoryLimitBytes === null ? peak : `${peak} of ${saySize(memoryLimitBytes)}`
}

const linkClass = 'rounded-sm font-medium text-accent hover:text-accent-strong'
