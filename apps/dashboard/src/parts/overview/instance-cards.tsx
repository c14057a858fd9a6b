import type { InstanceView } from '@berth/observe'
import { sayExit } from '@berth/observe/say-exit.ts'
import {
  Card,
  LogIcon,
  Meter,
  RelativeTime,
  Section,
  StateMark,
  sayCount,
  saySize,
  TerminalIcon,
} from '@berth/ui'
import Link from 'next/link'
import { instanceMarks } from '../marks.ts'

type InstanceCardsProps = {
  instances: InstanceView[] | null
  app: string
  /** May the person open a terminal? */
  canConsole: boolean
  /** Said where none is there. */
  empty: string
}

/** What really runs, a small card each. */
export function InstanceCards({ instances, empty, ...rest }: InstanceCardsProps) {
  return (
    <Section title="Instances">
      {instances === null ? (
        <Quiet>The worker does not answer, so what runs is not known. Running apps are not affected.</Quiet>
      ) : instances.length === 0 ? (
        <Quiet>{empty}</Quiet>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(16rem,1fr))] gap-3">
          {instances.map((instance) => (
            <InstanceCard key={instance.containerId} instance={instance} {...rest} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Quiet({ children }: { children: React.ReactNode }) {
  return <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">{children}</p>
}

type CardProps = Pick<InstanceCardsProps, 'app' | 'canConsole'> & { instance: InstanceView }

function InstanceCard({ instance, app, canConsole }: CardProps) {
  const { memoryBytes, memoryLimitBytes, cpuFraction, name } = instance
  return (
    <li>
      <Card className="flex h-full flex-col gap-3 px-4 pt-3.5 pb-2">
        <div className="flex items-baseline justify-between gap-2">
          <span className="font-medium">{name}</span>
          <StateMark {...instanceMarks[instance.state]} />
        </div>
        <div className="flex flex-col gap-2 text-sm">
          <Reading
            name="CPU"
            value={cpuFraction === null ? '–' : `${Math.round(cpuFraction * 100)} %`}
            fraction={cpuFraction ?? 0}
          />
          <Reading
            name="Memory"
            value={sayMemory(memoryBytes, memoryLimitBytes)}
            fraction={memoryBytes !== null && memoryLimitBytes ? memoryBytes / memoryLimitBytes : 0}
          />
        </div>
        <Told instance={instance} />
        <div className="-mx-2 mt-auto flex gap-1 border-t border-line pt-1.5">
          <Link href={`/apps/${app}/logs?instance=${name}`} className={actionClass}>
            <LogIcon className="size-3.5" />
            Log<span className="sr-only"> of {name}</span>
          </Link>
          {canConsole && instance.state === 'running' && (
            <Link href={`/apps/${app}/console?in=${name}`} className={actionClass}>
              <TerminalIcon className="size-3.5" />
              Terminal<span className="sr-only"> in {name}</span>
            </Link>
          )}
        </div>
      </Card>
    </li>
  )
}

const actionClass =
  'inline-flex h-7 items-center gap-1.5 rounded-sm px-2 text-sm text-muted hover:bg-hover hover:text-text'

/** What cannot be read off the figures: which release, since when, and what is wrong with it. */
function Told({ instance }: { instance: InstanceView }) {
  const { health, lastExit, restarts, startedAt, state } = instance
  const ails = health !== null && health.state !== 'healthy' && state === 'running'
  return (
    <div className="flex flex-col gap-1">
      <p className="text-xs text-muted">
        v{instance.releaseVersion}
        {startedAt && (
          <>
            {' · started '}
            <RelativeTime at={startedAt} />
          </>
        )}
        {restarts > 0 && ` · ${sayCount(restarts, 'restart')}`}
      </p>
      {ails && (
        <p className="text-sm text-warn">
          {health.state === 'starting' ? 'Not ready yet' : 'Unhealthy'}
          {health.reason && `: ${health.reason}`}
        </p>
      )}
      {lastExit && state !== 'running' && <p className="text-sm text-bad">{sayExit(lastExit)}</p>}
    </div>
  )
}

function Reading({ name, value, fraction }: { name: string; value: string; fraction: number }) {
  return (
    <div className="flex flex-col gap-1">
      <div className="flex justify-between">
        <span className="text-muted">{name}</span>
        <span className="tabular-nums">{value}</span>
      </div>
      <Meter label={name} fraction={fraction} />
    </div>
  )
}

function sayMemory(bytes: number | null, limitBytes: number | null): string {
  if (bytes === null) return '–'
  return limitBytes === null ? saySize(bytes) : `${saySize(bytes)} of ${saySize(limitBytes)}`
}
