/** The pages of an app, in the order of their tabs. `path`: after `/apps/NAME`. */
export const appTabs = [
  { path: '', title: 'Overview' },
  { path: '/deployments', title: 'Deployments' },
  { path: '/logs', title: 'Logs' },
  { path: '/metrics', title: 'Metrics' },
  { path: '/processes', title: 'Processes' },
  { path: '/configuration', title: 'Configuration' },
  { path: '/domains', title: 'Domains' },
  { path: '/settings', title: 'Settings' },
] as const
