import { appTabs } from './app-tabs.ts'
import { decoded } from './team-path.ts'
import { teamTabs } from './team-tabs.ts'

export type Crumb = { title: string; href: string }

/** Pages without a tab of their own. */
const others: Readonly<Record<string, string>> = {
  account: 'Account',
  machine: 'Machine',
  console: 'Console',
  compare: 'Compare',
  components: 'Components',
}

/** What stands after the team, from the address: the app, and the page of the app or of the team. */
export function crumbsOf(path: string): Crumb[] {
  const [level = '', name, page] = path.split('/').filter(Boolean)
  if (level === 'teams' && name !== undefined) return pageCrumb(`/teams/${name}`, page, teamTabs)
  if (level === 'apps' && name === 'new') return [{ title: 'New app', href: '/apps/new' }]
  if (level === 'apps' && name !== undefined) {
    const href = `/apps/${name}`
    return [{ title: decoded(name), href }, ...pageCrumb(href, page, appTabs)]
  }
  return others[level] === undefined ? [] : [{ title: others[level], href: `/${level}` }]
}

type Titled = { path: string; title: string }

function pageCrumb(base: string, page: string | undefined, tabs: readonly Titled[]): Crumb[] {
  const title = page && (tabs.find(({ path }) => path === `/${page}`)?.title ?? others[page])
  return title ? [{ title, href: `${base}/${page}` }] : []
}
