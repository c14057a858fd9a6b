import type { ReleaseDetail } from '@berth/api'
import { Card, CopyButton, Disclosure, sayCount } from '@berth/ui'
import type { ReactNode } from 'react'
import { sayLimits } from '../compare/say-limits.ts'

/** What a release holds, folded away: everything but the values of its variables. */
export function ReleaseContents({ release }: { release: ReleaseDetail }) {
  const { version, processes, releaseCommand, scripts, healthchecks, cron, limits } = release
  const tasks = Object.entries({ release: releaseCommand, ...scripts }).filter(([, line]) => line !== null)
  const checks = Object.entries(healthchecks).filter(([, some]) => some.length > 0)
  return (
    <Disclosure summary={`What v${version} holds`}>
      <Card className="px-5 py-1">
        <dl className="divide-y divide-line">
          <Fact name="Image">
            <span className="flex min-w-0 items-center">
              <code className="truncate text-sm">{release.imageDigest}</code>
              <CopyButton text={release.imageDigest} label="Copy the image’s digest" />
            </span>
            {release.available === false && <p className="text-warn">No longer kept on this machine.</p>}
          </Fact>
          <Fact name="Process types">
            {processes.map(({ type, command }) => (
              <Pair key={type} name={type} value={command ?? 'the image’s own command'} />
            ))}
          </Fact>
          <Facts name="Tasks" of={tasks}>
            {([name, command]) => <Pair key={name} name={name} value={command ?? ''} />}
          </Facts>
          <Facts name="Health checks" of={checks}>
            {([type, some]) => <Pair key={type} name={type} value={sayCount(some.length, 'check')} />}
          </Facts>
          <Facts name="Cron" of={cron}>
            {({ schedule, command }) => (
              <Pair key={`${schedule} ${command}`} name={schedule} value={command} />
            )}
          </Facts>
          <Facts name="Limits" of={Object.entries(limits)}>
            {([type, limit]) => <Pair key={type} name={type} value={sayLimits(limit)} />}
          </Facts>
          <Names name="Variables" of={release.variables} />
          <Names name="Secret files" of={release.secretFiles} />
        </dl>
      </Card>
    </Disclosure>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[10rem_minmax(0,1fr)]">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-col gap-1 text-sm">{children}</dd>
    </div>
  )
}

type FactsProps<Item> = { name: string; of: readonly Item[]; children: (item: Item) => ReactNode }

function Facts<Item>({ name, of, children }: FactsProps<Item>) {
  return of.length === 0 ? null : <Fact name={name}>{of.map(children)}</Fact>
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <span className="flex flex-wrap items-baseline gap-x-3">
      <span className="min-w-24 font-medium">{name}</span>
      <code className="min-w-0 break-all text-muted">{value}</code>
    </span>
  )
}

/** Their values are read elsewhere, with a permission of its own. */
function Names({ name, of }: { name: string; of: readonly string[] }) {
  if (of.length === 0) return null
  return (
    <Fact name={name}>
      <span className="flex flex-wrap gap-1.5">
        {of.map((one) => (
          <code key={one} className="rounded-[3px] border border-line bg-sunken px-1.5 break-all">
            {one}
          </code>
        ))}
      </span>
    </Fact>
  )
}
