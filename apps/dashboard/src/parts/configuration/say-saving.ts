import type { ConfigurationView } from '@berth/api'

/** What saving does, as people read it before they do it. */
export function saySaving(next: ConfigurationView['next']): string {
  if (next === null) return 'Nothing is deployed yet: it counts from the first push on.'
  const { version, restarts } = next
  if (restarts.length === 0) return `Creates v${version}. Nothing runs, so nothing restarts.`
  return `Creates v${version} and restarts ${listed(restarts)}, without a failed request.`
}

/** `web`, `web and worker`, `web, worker and clock`. */
export function listed(words: readonly string[]): string {
  const [last = '', ...before] = [...words].reverse()
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`
}
