'use client'

import type { CronJobView } from '@berth/api'
import {
  Badge,
  Button,
  Cell,
  Menu,
  MenuItem,
  MenuLine,
  MoreIcon,
  RelativeTime,
  Row,
  type SaidText,
  StateMark,
  Table,
} from '@berth/ui'
import Link from 'next/link'
import { changeJob, type JobChange } from './change-job.ts'
import { NextRun } from './next-run.tsx'
import { runMarks } from './run-marks.ts'
import { saySchedule } from './say-schedule.ts'

type TableProps = {
  app: string
  jobs: CronJobView[]
  chosen: string | null
  may: boolean
  onSaid: (said: SaidText) => void
  onRemove: (name: string) => void
}

export function JobTable(props: TableProps) {
  return (
    <Table label="Jobs" head={['Job', 'Schedule', 'Next run', 'Last run', ...(props.may ? ['Actions'] : [])]}>
      {props.jobs.map((job) => (
        <JobRow key={job.name} job={job} {...props} />
      ))}
    </Table>
  )
}

function JobRow({ job, app, chosen, may, onSaid, onRemove }: TableProps & { job: CronJobView }) {
  const { name, command, schedule, paused, nextAt, source } = job
  const words = saySchedule(schedule)
  return (
    <Row>
      <Cell wide className="sm:w-[34%] sm:max-w-0">
        <span className="flex items-center gap-2">
          <Link
            href={`/apps/${app}/processes/cron?job=${encodeURIComponent(name)}`}
            scroll={false}
            data-opens=""
            aria-current={name === chosen ? 'true' : undefined}
            className="truncate rounded-sm font-medium"
          >
            {name}
          </Link>
          {source === 'release' && <Badge>app.json</Badge>}
        </span>
        <code className="block truncate text-xs text-muted" title={command}>
          {command}
        </code>
      </Cell>
      <Cell className="max-sm:basis-full">
        <span className="block first-letter:uppercase">{words ?? <code>{schedule}</code>}</span>
        {words !== null && <code className="block text-xs text-muted">{schedule}</code>}
      </Cell>
      <Cell className="text-muted max-sm:text-sm">
        {paused ? <StateMark shape="square" tone="grey" word="Paused" quietWord /> : <NextRun at={nextAt} />}
      </Cell>
      <Cell className="max-sm:text-sm">
        <LastRun job={job} />
      </Cell>
      {may && (
        <Cell className="w-0 max-sm:ml-auto">
          <Actions job={job} app={app} onSaid={onSaid} onRemove={onRemove} />
        </Cell>
      )}
    </Row>
  )
}

function LastRun({ job: { last } }: { job: CronJobView }) {
  if (last === null) return <span className="text-muted">Never</span>
  return (
    <span className="flex flex-col">
      <StateMark {...runMarks[last.state]} quietWord={last.state !== 'failed'} />
      <span className="text-sm text-muted">
        <RelativeTime at={last.dueAt} />
        {last.exitCode !== null && last.exitCode !== 0 && `, exit ${last.exitCode}`}
      </span>
    </span>
  )
}

type ActionsProps = Pick<TableProps, 'app' | 'onSaid' | 'onRemove'> & { job: CronJobView }

function Actions({ job, app, onSaid, onRemove }: ActionsProps) {
  const { name, paused, source } = job
  const change = async (what: JobChange) => onSaid(await changeJob({ app, name, what }))
  return (
    <div className="flex items-center justify-end gap-1">
      <Button size="small" look="quiet" onClick={() => change('run')}>
        Run now<span className="sr-only"> {name}</span>
      </Button>
      <Menu
        align="end"
        trigger={
          <Button size="small" look="quiet" className="px-1.5">
            <MoreIcon />
            <span className="sr-only">What can be done with {name}</span>
          </Button>
        }
      >
        <MenuItem onSelect={() => change(paused ? 'resume' : 'pause')}>
          {paused ? 'Resume' : 'Pause'}
        </MenuItem>
        {source === 'command' && (
          <>
            <MenuLine />
            <MenuItem danger onSelect={() => onRemove(name)}>
              Remove
            </MenuItem>
          </>
        )}
      </Menu>
    </div>
  )
}
