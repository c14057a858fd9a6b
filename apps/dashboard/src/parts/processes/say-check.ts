import type { Healthcheck } from '@berth/domain'
import { sayDuration } from '@berth/ui'

/** A check in a few words: `readiness: GET /up every 5 s`. */
export function sayCheck({ type, probe, waitMs }: Healthcheck): string {
  return `${type}: ${sayProbe(probe)}${type === 'startup' ? '' : ` every ${sayTime(waitMs)}`}`
}

/** Checks have whole seconds, mostly: `5 s`, not `5.0 s`. */
function sayTime(ms: number): string {
  return ms % 1000 === 0 && ms < 60_000 ? `${ms / 1000} s` : sayDuration(ms)
}

function sayProbe(probe: Healthcheck['probe']): string {
  if (probe.kind === 'http') {
    const port = probe.port === null ? '' : ` on port ${probe.port}`
    const content = probe.content === null ? '' : `, with “${probe.content}”`
    return `GET ${probe.path}${port}${content}`
  }
  if (probe.kind === 'command') return probe.argv.join(' ')
  if (probe.kind === 'uptime') return `runs for ${sayTime(probe.uptimeMs)}`
  return probe.port === null ? 'accepts connections on $PORT' : `accepts connections on port ${probe.port}`
}

/** Where app.json says none. */
export function sayNoChecks(type: string): string {
  return type === 'web'
    ? 'The image’s own check, else a connection on $PORT'
    : 'The image’s own check, else none'
}
