'use client'

import type { History } from '@berth/api'
import { Button, EmptyState, FilterBar, SearchField, Section, Select, ShowMore, sayNumber } from '@berth/ui'
import Link from 'next/link'
import { useEffect, useRef, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useQuery } from '../../live/use-query.ts'
import { useApp } from '../app-frame.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { PushInstructions } from '../push-instructions.tsx'
import { DeploymentTable } from './deployment-table.tsx'
import { historyQuery, historyStates, pageSize, usualHistory } from './history-query.ts'

/** What was deployed, or tried: looked through by state and words, two of them compared. */
export function DeploymentHistory({ app, initial }: { app: string; initial: History }) {
  const [words, change] = useQuery(usualHistory)
  const {
    value: history,
    lost,
    readNow,
  } = useLive(initial, () => trpc.deployments.history.query({ app, ...historyQuery(words) }), { app })
  useWhenChanged(`${words.q}\n${words.state}\n${words.show}`, readNow)
  const [picked, setPicked] = useState<readonly number[]>([])
  const { remotes } = useApp().value
  const isFiltered = words.q !== '' || words.state !== ''

  if (history.deployments.length === 0 && !isFiltered) {
    return (
      <EmptyState title="No deployments yet. Push:">
        <PushInstructions remotes={remotes} />
      </EmptyState>
    )
  }
  return (
    <Section title="Deployments" action={<Compare app={app} picked={picked} />}>
      <LostNotice lost={lost} />
      <FilterBar label="Deployments">
        <SearchField
          label="Message, commit, author, v12"
          className="w-72"
          value={words.q}
          onChange={(q) => change({ q, show: usualHistory.show })}
        />
        <Select
          label="State"
          value={words.state}
          options={[{ value: '', words: 'All states' }, ...historyStates]}
          onChange={(state) => change({ state, show: usualHistory.show })}
        />
      </FilterBar>
      {history.deployments.length === 0 ? (
        <EmptyState title="No deployment is like that.">
          <Button onClick={() => change(usualHistory)}>Show all</Button>
        </EmptyState>
      ) : (
        <DeploymentTable
          {...{ app, deployments: history.deployments }}
          picking={{ picked, onPick: (version) => setPicked((before) => pick(before, version)) }}
        />
      )}
      {history.isCutOff && (
        <p className="text-sm text-muted">Only the newest {sayNumber(searched)} were searched.</p>
      )}
      <ShowMore
        shown={history.deployments.length}
        noun={history.deployments.length === 1 ? 'deployment' : 'deployments'}
        onMore={
          history.hasOlder ? () => change({ show: String(historyQuery(words).limit + pageSize) }) : null
        }
      />
    </Section>
  )
}

/** As packages/api looks back (read-history.ts). */
const searched = 2_000

/** Two at the most: a third takes the place of the first. */
function pick(before: readonly number[], version: number): readonly number[] {
  if (before.includes(version)) return before.filter((one) => one !== version)
  return [...before, version].slice(-2)
}

function Compare({ app, picked }: { app: string; picked: readonly number[] }) {
  const live = useApp().value.live?.version ?? null
  const [one, other = one === live ? null : live] = picked
  if (one === undefined || other === null)
    return <span className="text-sm text-muted max-sm:hidden">Tick two releases to compare them</span>
  const [from, to] = [Math.min(one, other), Math.max(one, other)]
  return (
    <Button asChild size="small">
      <Link href={`/apps/${app}/compare?from=${from}&to=${to}`}>
        Compare v{from} with v{to}
      </Link>
    </Button>
  )
}

const settleMs = 150

/** A moment after the last change: nobody waits for what is asked between two letters. */
function useWhenChanged(key: string, act: () => void) {
  const acted = useRef(key)
  useEffect(() => {
    if (acted.current === key) return
    const timer = setTimeout(() => {
      acted.current = key
      act()
    }, settleMs)
    return () => clearTimeout(timer)
  }, [key, act])
}
