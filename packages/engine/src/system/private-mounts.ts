import { readlinkSync } from 'node:fs'
import { systemError } from './errors.ts'

/**
 * The engine mounts a root per container. In the machine's own mount namespace each would be read by every process
 * that reads the table, and would outlive the engine; so the engine insists on a namespace of its own.
 *
 * @throws SYSTEM.NOT_ROOT, SYSTEM.MOUNTS_NOT_PRIVATE
 */
export function assertPrivateMounts(): void {
  if (process.geteuid?.() !== 0) throw systemError['SYSTEM.NOT_ROOT'](undefined)
  if (readlinkSync('/proc/self/ns/mnt') === readlinkSync('/proc/1/ns/mnt')) {
    throw systemError['SYSTEM.MOUNTS_NOT_PRIVATE'](undefined)
  }
}
