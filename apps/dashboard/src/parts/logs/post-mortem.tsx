'use client'

import type { DeathView } from '@berth/api'
import { AnsiText, Dialog, sayDuration, sayExactly, saySize } from '@berth/ui'
import { useEffect, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { adviceFor, sayCause } from '../overview/crash-advice.ts'

type PostMortemProps = {
  app: string
  /** Null: none is open. */
  id: string | null
  /** Those that are here already. */
  known: readonly DeathView[]
  onClose: () => void
}

/** All that is known of one end of an instance. */
export function PostMortem({ app, id, known, onClose }: PostMortemProps) {
  const { death, failure } = useDeath(app, id, known)
  return (
    <Dialog
      wide
      open={id !== null}
      onOpenChange={(open) => !open && onClose()}
      title={death ? `${death.instance}, v${death.releaseVersion}` : 'Post-mortem'}
      description={death ? `${sayCause(death)} ${adviceFor(death).text}` : undefined}
    >
      {failure && <FailureNotice failure={failure} />}
      {death && <Facts death={death} />}
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

function Facts({ death }: { death: DeathView }) {
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3">
        {factsOf(death).map(({ name, value }) => (
          <div key={name} className="flex flex-col">
            <dt className="text-sm text-muted">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <section aria-label="Last lines" className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium">What it printed last</h3>
        {death.lastLines.length === 0 ? (
          <p className="text-muted">Nothing.</p>
        ) : (
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            tabIndex={0}
            className="max-h-72 overflow-auto rounded-md border border-line bg-sunken px-3 py-2 text-xs leading-5"
          >
            {death.lastLines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines that never change.
              <div key={index}>
                <AnsiText text={line} />
              </div>
            ))}
          </pre>
        )}
      </section>
    </>
  )
}

function factsOf(death: DeathView): { name: string; value: string }[] {
  const { peakMemoryBytes, memoryLimitBytes, ranMs, reason, signal } = death
  const limit = memoryLimitBytes === null ? '' : ` of ${saySize(memoryLimitBytes)}`
  return [
    { name: 'When', value: sayExactly(Date.parse(death.endedAt)) },
    { name: 'Ran for', value: ranMs === null ? 'not known' : sayDuration(ranMs) },
    { name: 'Exit code', value: signal ? `${death.code} (${signal})` : String(death.code) },
    {
      name: 'Memory at most',
      value: peakMemoryBytes === null ? 'not known' : `${saySize(peakMemoryBytes)}${limit}`,
    },
    ...(reason === null ? [] : [{ name: 'Why', value: reason }]),
  ]
}
