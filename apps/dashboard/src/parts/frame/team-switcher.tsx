'use client'

import type { TeamView } from '@berth/api'
import { CheckIcon, ChoiceIcon, Menu, MenuItem, MenuLabel, MenuLine, PlusIcon, useHydrated } from '@berth/ui'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useFrameDialogs } from './frame-dialogs.tsx'
import { usePlace } from './place.tsx'
import { teamPath } from './team-path.ts'

/** The team, as a link to its apps, and beside it the way to the others. */
export function TeamSwitcher({ team }: { team: TeamView }) {
  const { teams } = usePlace()
  const { show } = useFrameDialogs()
  const hydrated = useHydrated()
  const mayMake = teams.some(({ can }) => can.includes('team.create'))
  return (
    <span className="flex min-w-0 items-center">
      <Link href={teamPath(team, teams)} className="min-w-0 truncate rounded-sm text-muted hover:text-text">
        {team.name}
      </Link>
      <Menu
        trigger={
          <button
            type="button"
            disabled={!hydrated}
            title="Switch team"
            className="ml-0.5 inline-flex h-7 w-6 shrink-0 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-text data-[state=open]:bg-hover data-[state=open]:text-text"
          >
            <ChoiceIcon className="size-3.5" />
            <span className="sr-only">Switch team</span>
          </button>
        }
      >
        <MenuLabel>Teams</MenuLabel>
        {teams.map((one) => (
          <TeamItem key={one.id} team={one} isCurrent={one.id === team.id} />
        ))}
        {mayMake && (
          <>
            <MenuLine />
            <MenuItem onSelect={() => show('new-team')}>
              <PlusIcon className="size-3.5 text-muted" />
              New team
            </MenuItem>
          </>
        )}
      </Menu>
    </span>
  )
}

function TeamItem({ team, isCurrent }: { team: TeamView; isCurrent: boolean }) {
  const { teams } = usePlace()
  const page = pageOfTeam(usePathname())
  return (
    <MenuItem asChild>
      <Link href={teamPath(team, teams) + page} aria-current={isCurrent ? 'true' : undefined}>
        <CheckIcon className={`size-3.5 shrink-0 text-accent ${isCurrent ? '' : 'invisible'}`} />
        <span className="min-w-0 flex-1 truncate">{team.name}</span>
        <span className="text-sm text-muted">{team.role}</span>
      </Link>
    </MenuItem>
  )
}

/** From a team's activity to the other team's activity. */
function pageOfTeam(path: string): string {
  const [, level, , page] = path.split('/')
  return level === 'teams' && page !== undefined ? `/${page}` : ''
}
