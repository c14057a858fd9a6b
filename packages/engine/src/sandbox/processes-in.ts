import { readFileSync } from 'node:fs'

/** What the kernel says of processes in a container, from outside. Source: proc(5), cgroups(7). */
export type ProcessState = {
  pid: number
  parent: number
  session: number
  /** One letter: R, S, D, T, Z … */
  state: string
  cpuTicks: number
  startTicks: number
  residentPages: number
}

/** Those in a cgroup itself; a container cannot make others below it, because its cgroups are mounted read-only. */
export function processesIn(cgroupVersion: 1 | 2, path: string): number[] {
  const tree = cgroupVersion === 2 ? '' : '/pids'
  const list = readIfThere(`/sys/fs/cgroup${tree}${path}/cgroup.procs`)
  return list.split('\n').flatMap((pid) => (pid === '' || pid === '0' ? [] : Number(pid)))
}

/** Undefined: it is gone. The name stands in parentheses and may hold anything; the fields after the last one are plain. */
export function processState(pid: number): ProcessState | undefined {
  const text = readIfThere(`/proc/${pid}/stat`)
  if (text === '') return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const number = (place: number) => Number(fields[place] ?? 0)
  return {
    pid,
    parent: number(1),
    session: number(3),
    state: fields[0] ?? '',
    cpuTicks: number(11) + number(12),
    startTicks: number(19),
    residentPages: number(21),
  }
}

/** Empty where there is none, or it ended while it was read. */
export function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'ENODEV', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return ''
    throw error
  }
}
