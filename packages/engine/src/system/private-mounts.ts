import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { systemError } from './errors.ts'

/**
 * The engine mounts a root per container. In the machine's own mount namespace each would be read by every process
 * that reads the table, and would outlive the engine; so the engine insists on a namespace of its own: one that
 * differs from the kernel's own or from some ancestor's. The first process of a machine may have capabilities that we
 * lack, and then does not let us look at its namespace; it is passed over.
 *
 * @throws SYSTEM.NOT_ROOT, SYSTEM.MOUNTS_NOT_PRIVATE
 */
export function assertPrivateMounts(): void {
  if (process.geteuid?.() !== 0) throw systemError['SYSTEM.NOT_ROOT'](undefined)
  const own = mountNamespace('self')
  const others = [...kernelThread(), ...ancestors()].map(mountNamespace)
  if (others.every((other) => other === own || other === undefined)) {
    throw systemError['SYSTEM.MOUNTS_NOT_PRIVATE'](undefined)
  }
}

function mountNamespace(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`)
  } catch (error) {
    if (['EACCES', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** In the machine's own namespaces for ever; unseen inside a container. */
function kernelThread(): string[] {
  const isKernels = existsSync('/proc/2/comm') && readFileSync('/proc/2/comm', 'utf8') === 'kthreadd\n'
  return isKernels ? ['2'] : []
}

/** From the parent to the first process. Source of the fields: proc(5), /proc/pid/stat. */
function ancestors(): string[] {
  const found: string[] = []
  for (let pid = String(process.ppid); pid !== '0'; pid = parentOf(pid)) found.push(pid)
  return found
}

function parentOf(pid: string): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '0'
}
