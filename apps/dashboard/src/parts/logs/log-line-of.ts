import type { AppLogLine } from '@berth/observe'
import type { LogLine } from '@berth/ui'

/** A line of an app's log as the view shows it. What Berth says of a crash leads to its post-mortem. */
export function logLineOf({ number, at, source, instance, stream, text }: AppLogLine): LogLine {
  const isTrouble = source === 'berth' && stream === 'stderr'
  return {
    ...{ number, at, text },
    source: source === 'app' ? instance : source,
    edged: stream === 'stderr',
    ...(source === 'berth' ? { tone: isTrouble ? 'bad' : 'accent' } : {}),
    ...(isTrouble && instance !== 'berth' ? { action: 'Post-mortem' } : {}),
  }
}
