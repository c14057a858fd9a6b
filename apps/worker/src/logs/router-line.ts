import type { NewLogLine } from '@berth/observe'
import type { AccessLine } from '@berth/route'

/** A request as a line of its app's log: words that programs can read, the times in milliseconds. */
export function routerLine(line: AccessLine): NewLogLine {
  const words = [
    `method=${line.method}`,
    `path="${line.path}"`,
    ...(line.host === '' ? [] : [`host=${line.host}`]),
    `status=${line.status}`,
    `instance=${instanceOf(line.target)}`,
    `client=${line.client}`,
    ...duration('queue', line.queueMs),
    ...duration('connect', line.connectMs),
    ...duration('service', line.firstByteMs),
    ...duration('total', line.totalMs),
    `bytes=${line.responseBytes}`,
    // Who broke it off: a client that left, an app that did not answer.
    ...(line.ended === '--' || line.ended === '' ? [] : [`ended=${line.ended}`]),
  ]
  const stream = line.status >= 500 ? 'stderr' : 'stdout'
  return {
    atMs: line.atMs,
    source: 'router',
    instance: 'router',
    release: null,
    stream,
    text: words.join(' '),
  }
}

/** `web.1-<container>` */
function instanceOf(target: string | null): string {
  return target === null ? 'none' : target.replace(/-[^-]*$/, '')
}

function duration(name: string, ms: number | null): string[] {
  return ms === null ? [] : [`${name}=${ms}ms`]
}
