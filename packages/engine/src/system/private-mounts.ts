import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { systemError } from './errors.ts'

/** What is looked at: who we are, and the kernel's word on all processes. */
export type OwnProcess = { uid: number | undefined; parent: number; proc: string }

/**
 * The engine mounts a root per container. In the machine's own mount namespace each would be read by every process
 * that reads the table, and would outlive the engine; so the engine insists on a namespace of its own: one that
 * differs from the kernel's own or from some ancestor's. The first process of a machine may have capabilities that we
 * lack, and then does not let us look at its namespace; it is passed over.
 *
 * @throws SYSTEM.NOT_ROOT, SYSTEM.MOUNTS_NOT_PRIVATE
 */
export function assertPrivateMounts(
  { uid, parent, proc }: OwnProcess = { uid: process.geteuid?.(), parent: process.ppid, proc: '/proc' },
): void {
  if (uid !== 0) throw systemError['SYSTEM.NOT_ROOT'](undefined)
  const own = mountNamespace(`${proc}/self`)
  const others = [...kernelThread(proc), ...ancestors(proc, parent)].map(mountNamespace)
  if (others.every((other) => other === own || other === undefined)) {
    throw systemError['SYSTEM.MOUNTS_NOT_PRIVATE'](undefined)
  }
}

function mountNamespace(directory: string): string | undefined {
  try {
    return readlinkSync(`${directory}/ns/mnt`)
  } catch (error) {
    if (['EACCES', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** In the machine's own namespaces for ever; unseen inside a container. */
function kernelThread(proc: string): string[] {
  const directory = `${proc}/2`
  const isKernels =
    existsSync(`${directory}/comm`) && readFileSync(`${directory}/comm`, 'utf8') === 'kthreadd\n'
  return isKernels ? [directory] : []
}

/** From the parent to the first process. Source of the fields: proc(5), /proc/pid/stat. */
function ancestors(proc: string, parent: number): string[] {
  const found: string[] = []
  for (let pid = String(parent); pid !== '0'; pid = parentOf(`${proc}/${pid}`)) found.push(`${proc}/${pid}`)
  return found
}

function parentOf(directory: string): string {
  const stat = readFileSync(`${directory}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '0'
}
