import type { TeamView } from '@berth/api'
import { read } from '../../../../../caller.ts'
import { teamOf } from '../../../../../own-teams.ts'
import { type ActivityFilter, filterIn, queryOf } from '../../../../../parts/activity/activity-filter.ts'
import { ActivityPage, OwnActivityPage } from '../../../../../parts/activity/activity-page.tsx'
import { Page } from '../../../../../parts/page.tsx'

export const metadata = { title: 'Activity' }

type Props = {
  params: Promise<{ team: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function TeamActivityPage({ params, searchParams }: Props) {
  const team = await teamOf((await params).team)
  if (team.barred !== null) return null
  const filter = filterIn(await searchParams)
  return <Page>{team.can.includes('team.audit.view') ? everything(team, filter) : own(team, filter)}</Page>
}

async function everything(team: TeamView, filter: ActivityFilter) {
  const { id } = team
  const [page, { members }, apps] = await read((api) =>
    Promise.all([
      api.audit.list({ ...queryOf(filter, Date.now()), team: id }),
      api.members.list({ team: id }),
      api.apps.list({ team: id }),
    ]),
  )
  const people = members.map(({ email, name }) => ({ email, name }))
  const choices = { people, apps: apps.map(({ name }) => name) }
  return <ActivityPage team={team} initial={page} filter={filter} choices={choices} />
}

async function own({ id }: TeamView, filter: ActivityFilter) {
  const page = await read((api) => api.audit.own({ team: id, after: filter.after }))
  return <OwnActivityPage initial={page} filter={filter} />
}
