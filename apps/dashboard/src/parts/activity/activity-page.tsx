'use client'

import type { TeamView } from '@berth/api'
import { Button, EmptyState } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { AsCommand } from '../as-command.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { PageTitle } from '../page.tsx'
import { ActivityDays } from './activity-days.tsx'
import { type ActivityFilter, isFiltered, queryOf, searchOf } from './activity-filter.ts'
import type { Entries } from './entry.ts'
import { ExportActivity } from './export-activity.tsx'
import { ActivityFilterBar, type Choices } from './filter-bar.tsx'

type ActivityPageProps = { team: TeamView; initial: Entries; filter: ActivityFilter; choices: Choices }

/** Who did what in a team, for those who may know of everybody. */
export function ActivityPage({ team, initial, filter, choices }: ActivityPageProps) {
  const read = () => trpc.audit.list.query({ ...queryOf(filter, Date.now()), team: team.id })
  // What is behind an entry does not change any more.
  const { value, lost } = useLive(initial, read, { enabled: filter.after === undefined })
  return (
    <>
      <PageTitle action={<ExportActivity team={team.id} filter={filter} />}>Activity</PageTitle>
      <ActivityFilterBar filter={filter} choices={choices} />
      <LostNotice lost={lost} />
      <EntryPages page={value} filter={filter} />
      <AsCommand commands={[commandOf(filter), 'berth audit export --format csv --since 30d > audit.csv']} />
    </>
  )
}

/** What one did oneself, for those who may not know of others. */
export function OwnActivityPage({ initial, filter }: Pick<ActivityPageProps, 'initial' | 'filter'>) {
  return (
    <>
      <div className="flex flex-col gap-1">
        <PageTitle>Activity</PageTitle>
        <p className="text-muted">
          What you did in this team yourself. Its admins and owners see what everybody did.
        </p>
      </div>
      <EntryPages page={initial} filter={filter} own />
      <AsCommand commands={['berth audit --own']} />
    </>
  )
}

type EntryPagesProps = { page: Entries; filter: ActivityFilter; own?: boolean }

/** A page of entries, and the ways to the ones before and after it. */
export function EntryPages({ page, filter, own }: EntryPagesProps) {
  const path = usePathname()
  const isFirst = filter.after === undefined
  if (page.entries.length === 0) return <Nothing filter={filter} />
  return (
    <>
      <ActivityDays entries={page.entries} own={own} />
      {(!isFirst || page.next !== null) && (
        <nav aria-label="Pages" className="flex justify-between gap-4">
          {isFirst ? (
            <span />
          ) : (
            <Button asChild>
              <Link href={path + searchOf({ ...filter, after: undefined })}>Newest</Link>
            </Button>
          )}
          {page.next !== null && (
            <Button asChild>
              <Link href={path + searchOf({ ...filter, after: page.next })}>Older</Link>
            </Button>
          )}
        </nav>
      )}
    </>
  )
}

function Nothing({ filter }: { filter: ActivityFilter }) {
  if (isFiltered(filter)) {
    return (
      <EmptyState title="Nothing that fits was done.">
        <p className="text-muted">Choose a longer time, or look at everybody and everything.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Nothing was done yet.">
      <p className="text-muted">
        Every change is written down here: who made it, from where, and what was before and after. Looking at
        something is not.
      </p>
    </EmptyState>
  )
}

function commandOf({ app, person, action, since }: ActivityFilter): string {
  const options = [
    app && `--app ${app}`,
    person && `--person ${person}`,
    action && `--action ${/\s/.test(action) ? `"${action}"` : action}`,
    since && `--since ${since}`,
  ]
  return ['berth audit', ...options.filter(Boolean)].join(' ')
}
