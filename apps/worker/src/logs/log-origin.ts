import { label, oneOffKindLabel, taskType } from '@berth/deploy'
import type { LogPlace } from '@berth/engine'
import type { LogMark, LogSource } from '@berth/observe'

/** Whose lines a container's are, in the log of its app. */
export type LogOrigin = { instance: string; release: number | null; source: LogSource }

/** Undefined for a container that is no app's. */
export function originOf(labels: Readonly<Record<string, string>>): LogOrigin | undefined {
  const { [label.process]: type, [label.index]: index, [label.release]: release } = labels
  if (labels[label.app] === undefined || type === undefined) return undefined
  const number = Number(release)
  return {
    instance: `${type}.${index ?? 0}`,
    release: Number.isInteger(number) && number > 0 ? number : null,
    source: sourceOf(labels, type),
  }
}

/** How far a container's log was taken over, as it is remembered in the log of its app: a mark by the container's id. */
export function printPlace(
  containerId: string,
  { instance, release, source }: LogOrigin,
  place: LogPlace,
): LogMark {
  const { inode, offset, began } = place
  return {
    key: containerId,
    value: [inode, offset, began || '-', instance, release ?? '-', source].join(' '),
  }
}

/** Undefined for what a disk that failed has left. */
export function parsePlace(value: string): (LogOrigin & { place: LogPlace }) | undefined {
  const found = /^(\d+) (\d+) (\S+) (\S+) (\d+|-) (app|deploy|cron)$/.exec(value)
  if (found === null) return undefined
  const [, inode, offset, began, instance = '', release, source] = found
  return {
    instance,
    release: release === '-' ? null : Number(release),
    source: source as LogSource,
    place: { inode: Number(inode), offset: Number(offset), began: began === '-' ? '' : (began ?? '') },
  }
}

function sourceOf(labels: Readonly<Record<string, string>>, type: string): LogSource {
  if (type === taskType) return 'deploy'
  return labels[oneOffKindLabel] === 'cron' ? 'cron' : 'app'
}
