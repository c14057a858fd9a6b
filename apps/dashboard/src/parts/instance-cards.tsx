import type { InstanceView } from '@berth/observe'
import { sayExit } from '@berth/observe/say-exit.ts'
import { Card, Meter, RelativeTime, Section, StateMark, sayCount, saySize } from '@berth/ui'
import { instanceMarks } from './marks.ts'

/** What really runs, a small card each. */
export function InstanceCards({ instances }: { instances: InstanceView[] | null }) {
  return (
    <Section title="Instances">
      {instances === null ? (
        <Quiet>The worker does not answer, so what runs is not known. Running apps are not affected.</Quiet>
      ) : instances.length === 0 ? (
        <Quiet>No instance runs.</Quiet>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(15rem,1fr))] gap-3">
          {instances.map((instance) => (
            <InstanceCard key={instance.containerId} instance={instance} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Quiet({ children }: { children: React.ReactNode }) {
  return <p className="rounded-md border border-dashed border-line-strong px-5 py-4 text-muted">{children}</p>
}

function InstanceCard({ instance }: { instance: InstanceView }) {
  const { memoryBytes, memoryLimitBytes, cpuFraction } = instance
  const last = instance.lastExit
  return (
    <li>
      <Card className="flex h-full flex-col gap-3 px-4 py-3.5">
        <div className="flex items-baseline justify-between gap-2">
          <span className="font-medium">{instance.name}</span>
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
        <p className="text-xs text-muted">
          v{instance.releaseVersion}
          {instance.startedAt && (
            <>
              {' · '}started <RelativeTime at={instance.startedAt} />
            </>
          )}
          {instance.restarts > 0 && ` · ${sayCount(instance.restarts, 'restart')}`}
        </p>
        {last && instance.state !== 'running' && <p className="text-sm text-bad">{sayExit(last)}</p>}
      </Card>
    </li>
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
