'use client'

import type { DeathView } from '@berth/api'
import type { ErrorRecord } from '@berth/domain'
import { sayDeath } from '@berth/observe/say-exit.ts'
import { AnsiText, Dialog, RelativeTime, sayDuration, saySize } from '@berth/ui'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { failureIn, trpc } from '../../live/trpc.ts'
import { Fact } from '../fact.tsx'
import { FailureNotice } from '../failure-notice.tsx'

type PostMortemProps = { app: string; id: string | null; known: DeathView[]; onClose: () => void }

/** What is known of one death: how, how much it used, and what it printed last. */
export function PostMortem({ app, id, known, onClose }: PostMortemProps) {
  const found = known.find((death) => death.id === id)
  const [read, setRead] = useState<DeathView | ErrorRecord | null>(null)
  const isMissing = id !== null && found === undefined
  useEffect(() => {
    setRead(null)
    if (!isMissing || id === null) return
    trpc.instances.death.query({ app, id }).then(setRead, (error: unknown) => setRead(failureIn(error)))
  }, [app, id, isMissing])
  const shown = found ?? read
  const isDeath = shown !== null && 'instance' in shown
  return (
    <Dialog
      open={id !== null}
      onOpenChange={(open) => !open && onClose()}
      title={isDeath ? `${sayDeath(shown.instance, shown)}` : 'A crash'}
      wide
    >
      {isDeath && <Findings app={app} death={shown} />}
      {shown !== null && !isDeath && <FailureNotice failure={shown} />}
    </Dialog>
  )
}

function Findings({ app, death }: { app: string; death: DeathView }) {
  const { lastLines } = death
  return (
    <>
      {death.reason !== null && <p>{death.reason}</p>}
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        <Fact name="When">
          <RelativeTime at={death.endedAt} />
        </Fact>
        <Fact name="Ran for">{death.ranMs === null ? 'not known' : sayDuration(death.ranMs)}</Fact>
        <Fact name="Exit code">{death.code}</Fact>
        <Fact name="Signal">{death.signal ?? 'none'}</Fact>
        <Fact name="Most memory">{memoryOf(death)}</Fact>
        <Fact name="Release">v{death.releaseVersion}</Fact>
      </dl>
      {death.outOfMemory && (
        <p className="text-muted">
          It wanted more than it may have. Let it use less, or{' '}
          <Link
            href={`/apps/${app}/processes?scale=${death.instance.split('.')[0]}`}
            className="font-medium text-accent hover:text-accent-strong"
          >
            raise the limit
          </Link>
          .
        </p>
      )}
      <div className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium">The last it printed</h3>
        {lastLines.length === 0 ? (
          <p className="text-muted">Nothing.</p>
        ) : (
          <section
            aria-label="Last lines"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            tabIndex={0}
            className="max-h-72 overflow-auto rounded-md border border-line bg-sunken"
          >
            <pre className="px-3.5 py-2.5 text-xs leading-5">
              {lastLines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text.
                <div key={index}>
                  <AnsiText text={line} />
                  {'\n'}
                </div>
              ))}
            </pre>
          </section>
        )}
      </div>
      <Link
        href={`/apps/${app}/logs?instance=${death.instance}`}
        className="w-fit rounded-sm text-sm font-medium text-accent hover:text-accent-strong"
      >
        The whole log of {death.instance}
      </Link>
    </>
  )
}

function memoryOf({ peakMemoryBytes, memoryLimitBytes }: DeathView): string {
  if (peakMemoryBytes === null) return 'not known'
  const peak = saySize(peakMemoryBytes)
  return memoryLimitBytes === null ? peak : `${peak} of ${saySize(memoryLimitBytes)}`
}
