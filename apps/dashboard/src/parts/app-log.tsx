'use client'

import type { InstanceView } from '@berth/observe'
import { LogView, Notice } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../live/trpc.ts'
import { useAppLog } from '../live/use-app-log.ts'
import { useLive } from '../live/use-live.ts'

type AppLogProps = {
  app: string
  initialInstances: InstanceView[] | null
  instance: string | null
  search: string | null
}

/** The run log, live. Instance and search stand in the address, so that what is seen can be sent to somebody. */
export function AppLog({ app, initialInstances, ...initial }: AppLogProps) {
  const [instance, setInstance] = useState(initial.instance)
  const [search, setSearch] = useState(initial.search ?? '')
  const { value: instances } = useLive(initialInstances, () => trpc.instances.list.query({ app }), {
    everyMs: 5000,
  })
  const { lines, problem } = useAppLog(app, instance)
  const names = [
    ...new Set([...(instances ?? []).map(({ name }) => name), ...(instance ? [instance] : [])]),
  ].sort()

  const choose = (chosen: string | null) => {
    setInstance(chosen)
    keepInAddress({ instance: chosen, q: search })
  }
  const searchFor = (wanted: string) => {
    setSearch(wanted)
    keepInAddress({ instance, q: wanted })
  }
  return (
    <div className="flex flex-col gap-4">
      {problem && (
        <Notice tone="warn" title={problem}>
          It is asked again every two seconds. Lines that were printed meanwhile follow.
        </Notice>
      )}
      <LogView
        label={`Log of ${app}`}
        lines={lines}
        live
        search={search}
        onSearch={searchFor}
        empty={
          (instances ?? []).length === 0
            ? 'No instance runs, and nothing was printed.'
            : 'Nothing was printed yet.'
        }
        controls={<InstanceChoice names={names} chosen={instance} onChoose={choose} />}
        className="h-[min(72dvh,52rem)]"
      />
    </div>
  )
}

type ChoiceProps = { names: string[]; chosen: string | null; onChoose: (name: string | null) => void }

function InstanceChoice({ names, chosen, onChoose }: ChoiceProps) {
  return (
    <label className="flex items-center">
      <span className="sr-only">Instance</span>
      <select
        value={chosen ?? ''}
        onChange={(event) => onChoose(event.target.value || null)}
        className="h-7 cursor-pointer rounded-sm bg-transparent px-1.5 text-sm font-medium hover:bg-hover [&>option]:bg-surface"
      >
        <option value="">All instances</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The address changes; the page does not load again, and the way back skips it. */
function keepInAddress(filters: Record<string, string | null>) {
  const kept = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const query = new URLSearchParams(kept).toString()
  history.replaceState(null, '', query === '' ? location.pathname : `${location.pathname}?${query}`)
}
