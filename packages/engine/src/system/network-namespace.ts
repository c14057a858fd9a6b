import { closeSync, openSync } from 'node:fs'
import koffi from 'koffi'

const libc = koffi.load('libc.so.6')
const setns = libc.func('setns', 'int', ['int', 'int'])
const networkKind = 0x40000000

/**
 * Does something with this thread inside the network namespace of a process. `work` is synchronous: no other code runs
 * in between, and other threads (those that do Node's file work) stay where they are. What it opens there stays usable
 * afterwards. A thread that cannot come back would make everything that follows in the wrong network: then the process
 * ends at once.
 */
export function inNetworkOf<Result>(pid: number, work: () => Result): Result {
  const own = openSync('/proc/thread-self/ns/net', 'r')
  try {
    const other = openSync(`/proc/${pid}/ns/net`, 'r')
    try {
      enter(other, pid)
    } finally {
      closeSync(other)
    }
    try {
      return work()
    } finally {
      comeBack(own)
    }
  } finally {
    closeSync(own)
  }
}

function enter(descriptor: number, pid: number): void {
  if (setns(descriptor, networkKind) === 0) return
  throw new Error(`The network namespace of process ${pid} cannot be entered (errno ${koffi.errno()}).`)
}

function comeBack(own: number): void {
  if (setns(own, networkKind) === 0) return
  process.stderr.write(`This thread cannot leave a container's network (errno ${koffi.errno()}); it ends.\n`)
  process.abort()
}
