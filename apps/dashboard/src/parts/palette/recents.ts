import { crumbsOf } from '../frame/crumbs-of.ts'
import { decoded } from '../frame/team-path.ts'

/** A page that was looked at. */
export type Recent = { path: string; title: string }

export const noRecents: readonly Recent[] = []
const most = 8

/** The newest first, each once. */
export function addRecent(recents: readonly Recent[], path: string): Recent[] {
  const recent = recentOf(path)
  if (recent === null) return [...recents]
  return [recent, ...recents.filter((one) => one.path !== recent.path)].slice(0, most)
}

/** `shop · Logs`, `Harbour · Activity`: the page with a tab, whatever was opened in it. Null: none to come back to. */
function recentOf(path: string): Recent | null {
  const [level, name] = path.split('/').filter(Boolean)
  const crumbs = crumbsOf(path)
  const last = crumbs.at(-1)?.href
  const title = crumbs.map((crumb) => crumb.title).join(' · ')
  if (level === 'teams' && name !== undefined)
    return { path: last ?? `/teams/${name}`, title: [decoded(name), title].filter(Boolean).join(' · ') }
  return last === undefined || last === '/apps/new' ? null : { path: last, title }
}
