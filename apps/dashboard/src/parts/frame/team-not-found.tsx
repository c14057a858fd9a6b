'use client'

import { NothingHere } from '../not-found.tsx'
import { usePlace } from './place.tsx'
import { teamPath } from './team-path.ts'

/** A page that a team does not have, below its tabs. */
export function TeamNotFound() {
  const { team, teams } = usePlace()
  return (
    <NothingHere href={team ? teamPath(team, teams) : '/'} link={`Apps of ${team?.name ?? 'your team'}`}>
      A team has no such page.
    </NothingHere>
  )
}
