'use client'

import type { InstanceView } from '@berth/observe'
import {
  Button,
  Menu,
  MenuItem,
  Meter,
  MoreIcon,
  RelativeTime,
  StateMark,
  saySize,
  TerminalIcon,
} from '@berth/ui'
import Link from 'next/link'
import { useApp } from '../app-frame.tsx'
import { instanceMarks } from '../marks.ts'
import type { TypeProps } from './process-type.tsx'
import { restart } from './restart-button.tsx'

/** The instances of a type as they are now, a line each. */
export function InstanceTable(props: TypeProps) {
  const { type } = props
  return (
    <div className="overflow-x-auto border-t border-line">
      <table
        className="w-full border-collapse text-left max-sm:block"
        aria-label={`Instances of ${type.process.type}`}
      >
        <thead className="max-sm:sr-only">
          <tr className="border-b border-line">
            {['Instance', 'State', 'CPU', 'Memory', 'Restarts', 'Started'].map((title) => (
              <th key={title} scope="col" className="px-3 py-2 text-xs font-medium text-muted first:pl-5">
                {title}
              </th>
            ))}
            <th scope="col" className="w-0 pr-5">
              <span className="sr-only">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {type.instances.map((instance) => (
            <InstanceRow key={instance.containerId} instance={instance} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const cell = 'px-3 py-2.5 align-middle first:pl-5 last:pr-5 max-sm:p-0 max-sm:first:pl-0 max-sm:last:pr-0'

function InstanceRow({ instance, ...props }: TypeProps & { instance: InstanceView }) {
  const { name, state, cpuFraction, restarts, startedAt } = instance
  return (
    <tr className="border-b border-line last:border-0 max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:gap-x-4 max-sm:gap-y-1.5 max-sm:px-5 max-sm:py-3.5">
      <td className={`${cell} w-28 font-medium max-sm:w-auto`}>{name}</td>
      <td className={`${cell} sm:w-[26%]`}>
        <StateMark {...instanceMarks[state]} />
        <Trouble instance={instance} {...props} />
      </td>
      <td className={`${cell} w-20 tabular-nums max-sm:w-auto max-sm:text-sm`}>
        <span className="text-muted sm:sr-only">CPU </span>
        {cpuFraction === null ? '–' : `${Math.round(cpuFraction * 100)} %`}
      </td>
      <td className={`${cell} w-44 max-sm:w-full max-sm:text-sm`}>
        <Memory instance={instance} />
      </td>
      <td className={`${cell} w-20 tabular-nums max-sm:w-auto max-sm:text-sm`}>
        <span className={restarts > 0 ? 'text-warn' : 'text-muted'}>{restarts}</span>
        <span className="text-muted sm:sr-only"> restarts</span>
      </td>
      <td className={`${cell} text-muted max-sm:text-sm`}>
        {startedAt === null ? '–' : <RelativeTime at={startedAt} />}
      </td>
      <td className={`${cell} max-sm:ml-auto`}>
        <Actions instance={instance} {...props} />
      </td>
    </tr>
  )
}

/** Why it is not well, or how it ended last. */
function Trouble({ instance, deaths, onDeath }: TypeProps & { instance: InstanceView }) {
  const { health, state, name } = instance
  const death = deaths.find((one) => one.instance === name)
  const isIll = health !== null && health.state === 'unhealthy' && state !== 'crashed'
  return (
    <>
      {isIll && (
        <p className="text-sm text-warn">Unhealthy{health.reason === null ? '' : `: ${health.reason}`}</p>
      )}
      {(instance.restarts > 0 || state === 'crashed') && death && (
        <button
          type="button"
          onClick={() => onDeath(death.id)}
          className="block rounded-sm text-left text-sm text-muted underline decoration-line-strong underline-offset-2 hover:text-text"
        >
          Why it ended last
        </button>
      )}
    </>
  )
}

function Memory({ instance }: { instance: InstanceView }) {
  const { memoryBytes, memoryLimitBytes } = instance
  if (memoryBytes === null) return <span className="text-muted">–</span>
  return (
    <div className="flex max-w-40 flex-col gap-1 max-sm:max-w-none">
      <span className="whitespace-nowrap tabular-nums">
        {saySize(memoryBytes)}
        {memoryLimitBytes !== null && <span className="text-muted"> of {saySize(memoryLimitBytes)}</span>}
      </span>
      {memoryLimitBytes !== null && (
        <Meter label={`Memory of ${instance.name}`} fraction={memoryBytes / memoryLimitBytes} />
      )}
    </div>
  )
}

function Actions({ instance, app, onSaid }: TypeProps & { instance: InstanceView }) {
  const { value: shown } = useApp()
  const { name, state } = instance
  const open = state === 'running' && shown.can.includes('app.console')
  return (
    <div className="flex items-center justify-end gap-1">
      {open && (
        <Button asChild size="small" look="quiet">
          <Link href={`/apps/${app}/console?in=${name}`}>
            <TerminalIcon className="size-3.5" />
            <span className="max-lg:sr-only">Console</span>
            <span className="sr-only"> of {name}</span>
          </Link>
        </Button>
      )}
      <Menu
        align="end"
        trigger={
          <Button size="small" look="quiet" className="px-1.5">
            <MoreIcon />
            <span className="sr-only">What can be done with {name}</span>
          </Button>
        }
      >
        <MenuItem asChild>
          <Link href={`/apps/${app}/logs?instance=${name}`}>Its log</Link>
        </MenuItem>
        {shown.can.includes('app.restart') && (
          <MenuItem onSelect={async () => onSaid(await restart(app, name))}>Restart {name}</MenuItem>
        )}
      </Menu>
    </div>
  )
}
