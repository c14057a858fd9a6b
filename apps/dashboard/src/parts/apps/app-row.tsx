import type { AppView } from '@berth/api'
import { Badge, Cell, CopyButton, RelativeTime, Row, Sparkline, StateMark } from '@berth/ui'
import Link from 'next/link'
import { Commit, whoMade } from '../commit.tsx'
import { appMarks, deploymentMarks } from '../marks.ts'
import { shortUrl } from '../short-url.ts'
import { failsOften, sayPace, sayTraffic, type TrafficLine } from './say-traffic.ts'

export function AppRow({ app, traffic }: { app: AppView; traffic: TrafficLine | null }) {
  return (
    <Row>
      <Cell wide className="sm:w-[27%] sm:max-w-0">
        <Link href={`/apps/${app.name}`} data-opens="" className="block truncate rounded-sm font-medium">
          {app.name}
        </Link>
        <div className="flex h-5 items-center gap-0.5 text-sm text-muted">
          <a
            href={app.url}
            target="_blank"
            rel="noreferrer"
            className="truncate rounded-sm hover:text-accent hover:underline"
          >
            {shortUrl(app.url)}
          </a>
          <CopyButton text={app.url} label={`Copy the address of ${app.name}`} className="size-5" />
        </div>
      </Cell>
      <Cell>
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <StateMark {...appMarks[app.state]} />
          {app.lock && <Badge tone="warn">Locked</Badge>}
        </span>
      </Cell>
      <Cell wide className="max-sm:order-last sm:w-[36%] sm:max-w-0">
        <LastDeployment app={app} />
      </Cell>
      <Cell className="max-md:hidden">
        <LastHour app={app} line={traffic} />
      </Cell>
      <Cell className="tabular-nums">
        <InstanceCount app={app} />
      </Cell>
    </Row>
  )
}

function LastDeployment({ app }: { app: AppView }) {
  const { latest } = app
  if (!latest) return <span className="text-muted max-sm:sr-only">None yet</span>
  const differs = latest.state === 'failed' || latest.state === 'cancelled'
  return (
    <div className="flex flex-col max-sm:text-sm">
      {latest.commit ? (
        <Commit commit={latest.commit} />
      ) : (
        <span className="truncate">{latest.reason ?? 'No commit'}</span>
      )}
      <span className="flex gap-1.5 text-sm text-muted">
        {differs && app.state !== 'failed' && <StateMark {...deploymentMarks[latest.state]} />}
        <span className="truncate">
          {whoMade(latest)}, <RelativeTime at={latest.createdAt} />
        </span>
      </span>
    </div>
  )
}

/** What came for it, as a line; where nothing can come, nothing. */
function LastHour({ app, line }: { app: AppView; line: TrafficLine | null }) {
  if (line === null || app.live === null) return <span className="text-muted">–</span>
  return (
    <span className="flex w-24 flex-col gap-1" title={sayTraffic(line)}>
      <Sparkline
        label={sayTraffic(line)}
        values={line.requests}
        tone={failsOften(line) ? 'bad' : line.total.requests === 0 ? 'grey' : 'accent'}
        className="h-5 w-24"
      />
      <span aria-hidden="true" className="text-xs text-muted tabular-nums">
        {sayPace(line)}
      </span>
    </span>
  )
}

function InstanceCount({ app }: { app: AppView }) {
  const { instances } = app
  if (instances === null) return <span className="text-muted">not known</span>
  if (instances.wanted === 0) return <span className="text-muted max-sm:sr-only">none</span>
  const some = instances.running < instances.wanted
  return (
    <span className={`whitespace-nowrap ${some ? 'text-warn' : 'text-muted'}`}>
      {instances.running} of {instances.wanted}
      <span className="sm:sr-only"> running</span>
    </span>
  )
}
