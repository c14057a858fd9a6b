import { closeSync, openSync } from 'node:fs'
import koffi from 'koffi'

const libc = koffi.load('libc.so.6')
const setns = libc.func('setns', 'int', ['int', 'int'])
const kinds = { net: 0x40000000, pid: 0x20000000 }

/**
 * Does something with this thread inside the network of another process. `work` is synchronous: no other code runs in
 * between, and other threads (those that do Node's file work) stay where they are. What it opens there stays usable
 * afterwards. A thread that cannot come back would do everything that follows in the wrong place: then the process ends
 * at once.
 */
export function inNetworkOf<Result>(pid: number, work: () => Result): Result {
  return inside('net', pid, work)
}

/** What `work` starts is a process among those of another: it ends, by the kernel, with the first of them. */
export function inPidsOf<Result>(pid: number, work: () => Result): Result {
  return inside('pid', pid, work)
}

function inside<Result>(kind: keyof typeof kinds, pid: number, work: () => Result): Result {
  const own = openSync(`/proc/thread-self/ns/${kind}`, 'r')
  try {
    enter(kind, pid)
    try {
      return work()
    } finally {
      comeBack(kind, own)
    }
  } finally {
    closeSync(own)
  }
}

function enter(kind: keyof typeof kinds, pid: number): void {
  const other = openSync(`/proc/${pid}/ns/${kind}`, 'r')
  try {
    if (setns(other, kinds[kind]) === 0) return
    throw new Error(`The ${kind} namespace of process ${pid} cannot be entered (errno ${koffi.errno()}).`)
  } finally {
    closeSync(other)
  }
}

function comeBack(kind: keyof typeof kinds, own: number): void {
  if (setns(own, kinds[kind]) === 0) return
  process.stderr.write(
    `This thread cannot leave a container's ${kind} namespace (errno ${koffi.errno()}); it ends.\n`,
  )
  process.abort()
}
