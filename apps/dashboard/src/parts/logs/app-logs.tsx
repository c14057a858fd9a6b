'use client'

import type { DeathView } from '@berth/api'
import type { InstanceView } from '@berth/observe'
import { type LogLine, LogView, lineInAddress, Notice, saveText } from '@berth/ui'
import { useSearchParams } from 'next/navigation'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { LogPlace } from '../../live/log-window.ts'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { type LogWindowView, useLogWindow } from '../../live/use-log-window.ts'
import { AsCommand } from '../as-command.tsx'
import { PostMortem } from '../crashes/post-mortem.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { partsOf } from '../metrics/parts-of.ts'
import { collectLog } from './collect-log.ts'
import { Crashes } from './crashes.tsx'
import { LogsBar } from './logs-bar.tsx'
import { filterOf, type LogsQuery, logsCommand, logsHref, readLogsQuery } from './logs-query.ts'
import { useSettled } from './use-settled.ts'

type AppLogsProps = { app: string; initial: { instances: InstanceView[] | null; deaths: DeathView[] } }

/** An app's log: live, and as far back as it is kept. What is shown of it stands in the address. */
export function AppLogs({ app, initial }: AppLogsProps) {
  const { query, change } = useLogsQuery(app)
  const { value: instances } = useLive(initial.instances, () => trpc.instances.list.query({ app }), { app })
  const { value: deaths } = useLive(
    initial.deaths,
    () => trpc.instances.deaths.query({ app, limit: mostDeaths }),
    { app },
  )
  const filter = useMemo(() => filterOf(query), [query])
  const { place, leave } = usePlace(query, change)
  const log = useLogWindow(app, filter, place)
  const [search, setSearch] = useSettled(query.search, (settled) => change({ search: settled }, 'typing'))
  const openPostMortem = useCallback(
    (line: LogLine) => {
      const death = deathOf(line, deaths)
      if (death) change({ crash: death.id })
    },
    [deaths, change],
  )
  const parts = partsOf(instances, null)
  return (
    <div className="flex flex-col gap-4">
      <LogsBar
        app={app}
        query={query}
        parts={[...new Set([...parts, ...query.of.filter((part) => !besides.has(part))])]}
        onChange={change}
      />
      <Trouble log={log} />
      <LogView
        // Another place is another view: one that followed the end would lead away from it.
        key={JSON.stringify(place)}
        label={`Log of ${app}`}
        lines={log.lines}
        live={log.state?.newer === 'live' || place === null || place.kind === 'newest'}
        linked
        search={search}
        onSearch={setSearch}
        focusLine={log.state?.focusLine ?? null}
        empty={emptyWords(log, query)}
        top={topWords(log)}
        onOlder={log.loadOlder}
        onNewer={log.loadNewer}
        onEnd={place?.kind === 'newest' ? undefined : leave}
        onAction={openPostMortem}
        onDownload={() => download(app, filter)}
        className="h-[min(72dvh,52rem)]"
      />
      <Crashes
        deaths={deaths}
        onOpen={(crash) => change({ crash })}
        onShow={(at) => change({ at, of: [], search: '', grep: '', stream: null })}
      />
      <PostMortem app={app} id={query.crash} known={deaths} onClose={() => change({ crash: null })} />
      <AsCommand commands={[logsCommand(app, query)]} />
    </div>
  )
}

const mostDeaths = 50
const besides = new Set(['berth', 'deploy', 'cron'])

/** The address says what is shown; choices can be gone back on, letters typed cannot. What is chosen shows at once. */
function useLogsQuery(app: string) {
  const given = useSearchParams()
  const inAddress = useMemo(() => readLogsQuery(new URLSearchParams(given)), [given])
  const [query, setQuery] = useState(inAddress)
  useEffect(() => setQuery(inAddress), [inAddress])
  const change = useCallback(
    (changed: Partial<LogsQuery>, how?: 'typing') => {
      const next = { ...readLogsQuery(new URLSearchParams(location.search)), ...changed }
      const href = logsHref(app, next) + ('crash' in changed ? location.hash : '')
      setQuery(next)
      if (how === 'typing') history.replaceState(null, '', href)
      else history.pushState(null, '', href)
    },
    [app],
  )
  return { query, change }
}

/** A moment, a line that the address names, else the newest. Null: the address was not read yet. */
function usePlace(query: LogsQuery, change: (changed: Partial<LogsQuery>) => void) {
  const [line, setLine] = useState<number | null | undefined>(undefined)
  useEffect(() => setLine(lineInAddress(location)), [])
  const place = useMemo<LogPlace | null>(() => {
    if (line === undefined) return null
    if (query.at !== null) return { kind: 'at', at: query.at }
    return line === null ? { kind: 'newest' } : { kind: 'line', number: line }
  }, [query.at, line])
  const leave = useCallback(() => {
    setLine(null)
    change({ at: null })
  }, [change])
  return { place, leave }
}

function Trouble({ log }: { log: LogWindowView }) {
  if (log.state?.failure) return <FailureNotice failure={log.state.failure} />
  if (!log.lost) return null
  return (
    <Notice tone="warn" title={log.lost.message}>
      It is asked again every two seconds. Lines that were printed meanwhile follow.
    </Notice>
  )
}

function emptyWords({ state }: LogWindowView, query: LogsQuery): string {
  if (state?.failure) return 'Nothing was read.'
  if (state === null || state.isReading) return 'Reading the log.'
  const { only, stream, search, grep } = filterOf(query)
  return only || stream || search || grep
    ? 'No line is like that, as far back as the log is kept.'
    : 'Nothing was printed yet.'
}

function topWords({ state }: LogWindowView): string | null {
  if (state === null) return null
  const words = {
    more: 'Older lines come as you scroll.',
    reading: 'Reading older lines.',
    none: 'The log begins here.',
    full: 'As many lines as fit are here. Choose a time to look further back.',
  }
  return words[state.older]
}

/** What Berth said of a crash names the instance, at the moment of its end. */
function deathOf({ text, at }: LogLine, deaths: readonly DeathView[]): DeathView | null {
  const near = deaths
    .filter(({ instance }) => text.startsWith(`${instance} `))
    .map((death) => ({ death, apartMs: Math.abs(Date.parse(death.endedAt) - Date.parse(at ?? '')) }))
    .filter(({ apartMs }) => apartMs < 60_000)
    .sort((one, other) => one.apartMs - other.apartMs)
  return near[0]?.death ?? null
}

async function download(app: string, filter: ReturnType<typeof filterOf>): Promise<void> {
  saveText(await collectLog((asked) => trpc.logs.history.query({ app, ...filter, ...asked })), `${app}.log`)
}
