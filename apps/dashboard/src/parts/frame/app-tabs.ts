/** `path`: after `/apps/NAME`. `also`: what is reached from there, and has no tab of its own. */
type AppTab = { path: string; title: string; also?: string }

/** The pages of an app, in the order of their tabs. */
export const appTabs: readonly AppTab[] = [
  { path: '', title: 'Overview' },
  { path: '/deployments', title: 'Deployments', also: '/compare' },
  { path: '/logs', title: 'Logs' },
  { path: '/metrics', title: 'Metrics' },
  { path: '/processes', title: 'Processes', also: '/console' },
  { path: '/configuration', title: 'Configuration' },
  { path: '/domains', title: 'Domains' },
  { path: '/settings', title: 'Settings' },
]

/** Whether a page is the tab's: `page` as in the address, after `/apps/NAME`. */
export function isTabOf({ path, also }: AppTab, page: string): boolean {
  if (path === '') return page === ''
  return [path, also].some((one) => one !== undefined && (page === one || page.startsWith(`${one}/`)))
}
