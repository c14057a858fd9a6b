'use client'

import { Item, ItemList, Section } from '@berth/ui'
import Link from 'next/link'
import { usePlace } from '../frame/place.tsx'
import { teamPath } from '../frame/team-path.ts'
import { roleWords } from '../members/role-words.ts'

/** The teams that one is in, with what one is there. One leaves a team on its own page. */
export function OwnTeamsList() {
  const { teams } = usePlace()
  if (teams.length === 0) {
    return (
      <Section title="Teams">
        <p className="text-muted">You are in none. An admin of a team can invite you.</p>
      </Section>
    )
  }
  return (
    <Section title="Teams">
      <ItemList label="Teams">
        {teams.map((team) => (
          <Item
            key={team.id}
            title={
              <Link href={teamPath(team, teams)} className="rounded-sm hover:text-accent hover:underline">
                {team.name}
              </Link>
            }
            action={
              <Link
                href={`${teamPath(team, teams)}/members`}
                className="rounded-sm text-sm text-muted hover:text-text hover:underline"
              >
                Members<span className="sr-only"> of {team.name}</span>
              </Link>
            }
          >
            You are {roleWords[team.role].a}.
          </Item>
        ))}
      </ItemList>
    </Section>
  )
}
