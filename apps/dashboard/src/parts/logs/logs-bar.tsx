'use client'

import { Button, ChoiceIcon, FilterBar, inputClass, SearchField, Select, Switch } from '@berth/ui'
import Link from 'next/link'
import { ChooseParts } from './choose-parts.tsx'
import { type LogsQuery, showsRequests } from './logs-query.ts'
import { useSettled } from './use-settled.ts'

type LogsBarProps = {
  app: string
  query: LogsQuery
  parts: readonly string[]
  onChange: (change: Partial<LogsQuery>, how?: 'typing') => void
}

const streams = [
  { value: '', words: 'Both streams' },
  { value: 'stdout', words: 'Output' },
  { value: 'stderr', words: 'Errors (stderr)' },
] as const

/** Which lines are shown, and from when on. */
export function LogsBar({ app, query, parts, onChange }: LogsBarProps) {
  const [grep, setGrep] = useSettled(query.grep, (settled) => onChange({ grep: settled }, 'typing'))
  return (
    <FilterBar label="Filter the log">
      <ChooseParts
        parts={parts}
        chosen={query.of}
        onChoose={(of) => onChange({ of, requests: null })}
        trigger={
          <Button className="max-w-60 font-normal">
            <span className="truncate">{query.of.length === 0 ? 'Everything' : query.of.join(', ')}</span>
            <ChoiceIcon className="size-3.5 shrink-0 text-faint" />
          </Button>
        }
      />
      <Select
        label="Stream"
        value={query.stream ?? ''}
        options={streams}
        onChange={(stream) => onChange({ stream: stream || null })}
      />
      <SearchField label="Regular expression" value={grep} onChange={setGrep} className="w-56" />
      <Switch
        label={<span className="text-sm font-normal">Requests</span>}
        checked={showsRequests(query)}
        onChange={(requests) => onChange({ requests })}
        className="items-center gap-2 px-1"
      />
      <span className="flex min-w-0 flex-wrap items-center gap-2 max-sm:w-full sm:ml-auto">
        <JumpTo at={query.at} onJump={(at) => onChange({ at })} />
        <Button asChild look="quiet">
          <Link href={`/apps/${app}/logs/drains`}>Drains</Link>
        </Button>
      </span>
    </FilterBar>
  )
}

/** A moment, as UTC: so the lines say it as well. */
function JumpTo({ at, onJump }: { at: string | null; onJump: (at: string | null) => void }) {
  const [value, setValue] = useSettled(at?.slice(0, 19) ?? '', (settled) => onJump(momentOf(settled)))
  return (
    <label className="flex min-w-0 items-center gap-2 text-sm max-sm:w-full">
      <span className="whitespace-nowrap text-muted">From (UTC)</span>
      <input
        type="datetime-local"
        step="1"
        value={value}
        onChange={(event) => setValue(event.target.value)}
        className={`${inputClass} min-w-0 px-2 tabular-nums max-sm:flex-1 sm:w-auto`}
      />
    </label>
  )
}

function momentOf(local: string): string | null {
  const at = Date.parse(`${local}Z`)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}
