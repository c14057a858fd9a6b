import 'server-only'
import type { AppDetail, TeamView } from '@berth/api'
import { cookies, headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { caller, read } from './caller.ts'
import { lastTeamCookie } from './door/last-team.ts'
import { pathHeader } from './door/request-header.ts'
import { decoded, teamAt } from './parts/frame/team-path.ts'

/** The teams of who asks for this page; looked up once per request. */
export const ownTeams = cache((): Promise<TeamView[]> => read((api) => api.teams.list()))

const askApp = cache(async (name: string) => (await caller()).apps.get({ app: name }))

/** The app of this page; looked up once per request. */
export const appOf = (name: string): Promise<AppDetail> => read(() => askApp(name))

/** The team that an address names, as it stands there. */
export async function teamOf(segment: string): Promise<TeamView> {
  return teamAt(segment, await ownTeams()) ?? notFound()
}

/** The team that was looked at last, or the oldest of one's own. Null: one is in none. */
export async function lastTeam(): Promise<TeamView | null> {
  const teams = await ownTeams()
  const remembered = (await cookies()).get(lastTeamCookie)?.value
  return teams.find(({ id }) => id === remembered) ?? teams[0] ?? null
}

/** Whose page is asked for, for what is drawn around all pages: the team it names, its app's, or the last. */
export async function teamOfPath(): Promise<TeamView | null> {
  const teams = await ownTeams()
  const [, level, name = ''] = ((await headers()).get(pathHeader) ?? '').split(/[/?]/)
  const named = level === 'teams' ? teamAt(name, teams) : level === 'apps' ? await teamOfApp(name) : undefined
  return named ?? lastTeam()
}

async function teamOfApp(segment: string): Promise<TeamView | undefined> {
  // Whatever keeps an app from being read, its own page says; around that stands the last team.
  const app = await askApp(decoded(segment)).catch(() => null)
  return (await ownTeams()).find(({ id }) => id === app?.team.id)
}
