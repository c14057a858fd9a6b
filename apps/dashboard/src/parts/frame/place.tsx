'use client'

import type { MeView, TeamView } from '@berth/api'
import { createContext, type ReactNode, useContext, useLayoutEffect, useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'

/** Who looks, and at which team: known on every page. */
type Place = {
  me: Pick<MeView, 'id' | 'name' | 'email'>
  teams: TeamView[]
  /** Null: one is in none. */
  team: TeamView | null
  enter: (teamId: string) => void
}

const PlaceContext = createContext<Place | null>(null)

export function usePlace(): Place {
  const place = useContext(PlaceContext)
  if (!place) throw new Error('usePlace is for pages of a signed-in person')
  return place
}

const readTeams = () => trpc.teams.list.query()

type ProviderProps = {
  me: Place['me']
  teams: TeamView[]
  /** What the server found in the address. */
  teamId: string | null
  children: ReactNode
}

export function PlaceProvider({ me, teams: initial, teamId, children }: ProviderProps) {
  const { value: teams } = useLive(initial, readTeams)
  const [at, enter] = useState(teamId)
  const team = teams.find(({ id }) => id === at) ?? teams[0] ?? null
  return <PlaceContext value={{ me, teams, team, enter }}>{children}</PlaceContext>
}

/** For what a team's pages and an app's pages have in common: what stands around them follows. */
export function useEnterTeam(teamId: string): void {
  const { enter } = usePlace()
  useLayoutEffect(() => enter(teamId), [enter, teamId])
}
