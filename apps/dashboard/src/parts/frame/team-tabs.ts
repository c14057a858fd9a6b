import type { Action, TeamView } from '@berth/api'

/** The pages of a team, in the order of their tabs. */
export type TeamTab = {
  title: string
  /** After `/teams/NAME`; from the root where it is no team's. */
  path: string
  /** Whoever may not is not offered it. */
  needs?: Action
}

export const teamTabs: readonly TeamTab[] = [
  { title: 'Apps', path: '' },
  { title: 'Activity', path: '/activity' },
  { title: 'Team', path: '/members' },
  { title: 'Settings', path: '/settings' },
  { title: 'Machine', path: '/machine', needs: 'machine.view' },
]

/** Of the machine, which is no team's: for who may it in any of theirs. */
export function tabsFor(team: TeamView, teams: readonly TeamView[]): TeamTab[] {
  return teamTabs.filter(({ path, needs }) => {
    if (needs === undefined) return true
    return path === '/machine' ? teams.some(({ can }) => can.includes(needs)) : team.can.includes(needs)
  })
}

export function tabHref(tab: TeamTab, base: string): string {
  return tab.path === '/machine' ? tab.path : base + tab.path
}
