import type { Action, AppName, TeamView } from '@berth/api'
import { appTabs } from '../frame/app-tabs.ts'
import { teamPath } from '../frame/team-path.ts'
import { tabHref, tabsFor } from '../frame/team-tabs.ts'
import type { Recent } from './recents.ts'
import { shortcuts } from './shortcuts.ts'

/** What can be done from anywhere. `href`: a page, or outside an address; `act`: something that is no page. */
export type PaletteEntry = {
  id: string
  words: string
  aside?: string
  keys?: string
  /** What else somebody may call it. */
  also?: string
  does: { href: string } | { outside: string } | { act: PaletteAct }
}
export type PaletteAct = 'new-team' | 'shortcuts' | 'light' | 'dark' | 'system' | 'sign-out'
/** `of`: what all of them belong to. */
export type PaletteGroup = { title: string; of?: string; entries: PaletteEntry[] }

export type PaletteFacts = {
  teams: readonly TeamView[]
  /** The one that is looked at. */
  team: TeamView | null
  apps: readonly AppName[]
  /** The name of the app that is looked at. */
  app: string | null
  path: string
  recents: readonly Recent[]
}

/** Everything, in the order in which an empty search shows it. What the person may not do is not among it. */
export function paletteGroups(facts: PaletteFacts): PaletteGroup[] {
  const groups = [
    { title: 'Recent', entries: recentEntries(facts) },
    {
      title: facts.app ?? '',
      of: facts.app ?? undefined,
      entries: facts.app === null ? [] : appEntries(facts.app, facts),
    },
    { title: 'Apps', entries: facts.apps.map((app) => appEntry(app, facts.teams)) },
    {
      title: facts.team?.name ?? '',
      of: facts.team?.name,
      entries: facts.team === null ? [] : teamEntries(facts.team, facts),
    },
    { title: 'Teams', entries: otherTeams(facts) },
    { title: 'You', entries: ownEntries },
  ]
  return groups.filter(({ entries }) => entries.length > 0)
}

function recentEntries({ recents, path }: PaletteFacts): PaletteEntry[] {
  return recents
    .filter((recent) => recent.path !== path)
    .slice(0, 4)
    .map((recent) => page(`recent:${recent.path}`, recent.title, recent.path))
}

/** Where each thing that one does to an app is done, and the pages without a tab. */
const appActions: readonly { words: string; path: string; needs: Action; also?: string }[] = [
  { words: 'Roll back', path: '/compare?rollback=1', needs: 'app.rollback', also: 'undo previous release' },
  { words: 'Restart', path: '/processes', needs: 'app.restart', also: 'reboot instances' },
  { words: 'Scale', path: '/processes', needs: 'app.scale', also: 'quantity memory limits' },
  { words: 'Open a terminal', path: '/console', needs: 'app.console', also: 'console shell run exec' },
  { words: 'Set a variable', path: '/configuration', needs: 'app.configuration.change', also: 'config env' },
  { words: 'Add a domain', path: '/domains', needs: 'app.domains.change', also: 'certificate dns https' },
  { words: 'Cron jobs', path: '/processes/cron', needs: 'app.view', also: 'schedule' },
  { words: 'Compare releases', path: '/compare', needs: 'app.view', also: 'diff difference' },
  { words: 'Log drains', path: '/logs/drains', needs: 'app.drains.view', also: 'syslog forward' },
  { words: 'Remove the app', path: '/settings', needs: 'app.remove', also: 'delete destroy' },
]

function appEntries(name: string, { team, apps }: PaletteFacts): PaletteEntry[] {
  const base = `/apps/${name}`
  const url = apps.find((app) => app.name === name)?.url
  const open: PaletteEntry[] =
    url === undefined
      ? []
      : [{ id: 'open', words: 'Open in the browser', aside: shown(url), does: { outside: url } }]
  return [
    ...appTabs.map(({ title, path }) =>
      page(`page:${path}`, title, base + path, { keys: keysOf('app', path) }),
    ),
    ...open,
    ...appActions
      .filter(({ needs }) => team?.can.includes(needs))
      .map(({ words, path, also }) => page(`do:${words}`, words, base + path, { also })),
  ]
}

function appEntry(app: AppName, teams: readonly TeamView[]): PaletteEntry {
  const aside = teams.length > 1 ? teams.find(({ id }) => id === app.teamId)?.name : undefined
  return page(`app:${app.name}`, app.name, `/apps/${app.name}`, { aside, also: shown(app.url) })
}

const settingsPages: readonly { words: string; path: string; needs: Action }[] = [
  { words: 'Notifications', path: '/settings/notifications', needs: 'team.notifications.view' },
  { words: 'Registries', path: '/settings/registries', needs: 'team.registries.view' },
]

function teamEntries(team: TeamView, { teams }: PaletteFacts): PaletteEntry[] {
  const base = teamPath(team, teams)
  const can = (action: Action) => team.can.includes(action)
  return [
    ...tabsFor(team, teams).map((tab) =>
      page(`team:${tab.path}`, tab.title, tabHref(tab, base), { keys: keysOf('team', tab.path) }),
    ),
    ...settingsPages
      .filter(({ needs }) => can(needs))
      .map((one) => page(`team:${one.path}`, one.words, base + one.path)),
    ...(can('app.create') ? [page('new-app', 'New app', '/apps/new', { also: 'create' })] : []),
    ...(can('member.change')
      ? [page('invite', 'Invite somebody', `${base}/members?invite=1`, { also: 'member colleague person' })]
      : []),
  ]
}

function otherTeams({ team, teams }: PaletteFacts): PaletteEntry[] {
  const others = teams.filter(({ id }) => id !== team?.id)
  const leading = others.map((one) =>
    page(`switch:${one.id}`, one.name, teamPath(one, teams), { aside: one.role }),
  )
  const mayMake = teams.some(({ can }) => can.includes('team.create'))
  return mayMake ? [...leading, { id: 'new-team', words: 'New team', does: { act: 'new-team' } }] : leading
}

const ownEntries: PaletteEntry[] = [
  page('account', 'Account', '/account', { also: 'name e-mail' }),
  page('keys', 'SSH keys', '/account/keys', { also: 'account' }),
  page('tokens', 'API tokens', '/account/tokens', { also: 'account' }),
  page('sessions', 'Sessions', '/account/sessions', { also: 'account browsers devices' }),
  page('security', 'Password and second factor', '/account/security', { also: 'account passkey totp' }),
  { id: 'light', words: 'Look: light', also: 'theme', does: { act: 'light' } },
  { id: 'dark', words: 'Look: dark', also: 'theme', does: { act: 'dark' } },
  { id: 'system', words: 'Look: as the system', also: 'theme', does: { act: 'system' } },
  { id: 'shortcuts', words: 'Keyboard shortcuts', keys: '?', also: 'help', does: { act: 'shortcuts' } },
  { id: 'sign-out', words: 'Sign out', also: 'log out', does: { act: 'sign-out' } },
]

type More = Pick<PaletteEntry, 'aside' | 'keys' | 'also'>

function page(id: string, words: string, href: string, more: More = {}): PaletteEntry {
  return { id, words, ...more, does: { href } }
}

function keysOf(level: 'app' | 'team', path: string): string | undefined {
  return shortcuts.find((one) => one.level === level && one.path === path)?.keys
}

function shown(url: string): string {
  return url.replace(/^https?:\/\//, '')
}
