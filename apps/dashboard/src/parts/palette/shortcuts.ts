/** Keys that lead to a page, pressed one after the other: the one table of them. */
export type Shortcut = {
  keys: string
  title: string
  level: 'team' | 'app'
  /** As the tabs say it. */
  path: string
}

export const shortcuts: readonly Shortcut[] = [
  { keys: 'g a', title: 'Apps', level: 'team', path: '' },
  { keys: 'g v', title: 'Activity', level: 'team', path: '/activity' },
  { keys: 'g t', title: 'Team', level: 'team', path: '/members' },
  { keys: 'g h', title: 'Machine', level: 'team', path: '/machine' },
  { keys: 'g o', title: 'Overview', level: 'app', path: '' },
  { keys: 'g d', title: 'Deployments', level: 'app', path: '/deployments' },
  { keys: 'g l', title: 'Logs', level: 'app', path: '/logs' },
  { keys: 'g m', title: 'Metrics', level: 'app', path: '/metrics' },
  { keys: 'g p', title: 'Processes', level: 'app', path: '/processes' },
  { keys: 'g c', title: 'Configuration', level: 'app', path: '/configuration' },
  { keys: 'g n', title: 'Domains', level: 'app', path: '/domains' },
  { keys: 'g s', title: 'Settings', level: 'app', path: '/settings' },
]

/** Those that are no page. */
export const otherShortcuts = [
  { keys: 'mod+k', title: 'Look up anything' },
  { keys: '/', title: 'Search on this page' },
  { keys: '?', title: 'Show these shortcuts' },
] as const

/** Those that work inside a table or a list that has the focus. */
export const listShortcuts = [
  { keys: 'down', title: 'Next row' },
  { keys: 'up', title: 'Row before' },
  { keys: 'enter', title: 'Open the row' },
] as const
