import { createHash } from 'node:crypto'
import type { CronEntry } from '@berth/domain'

/**
 * What a job is called that nobody named: its first word, and six digits of what it does and when, so that it keeps its
 * name (and with it its history, and whether it is paused) however the entries around it change.
 */
export function cronName({ schedule, command }: CronEntry): string {
  const first = (command.split(/\s+/)[0] ?? '').split('/').at(-1) ?? ''
  const word = first
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 30)
    .replace(/-+$/, '')
  const digest = createHash('sha256')
    .update(JSON.stringify([schedule, command]))
    .digest('hex')
  return `${word || 'job'}-${digest.slice(0, 6)}`
}
