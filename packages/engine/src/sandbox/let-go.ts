import { closeSync, constants, openSync, readlinkSync, readSync, unlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from './process-life.ts'

const lookAgainMs = 100

/**
 * Lets a container that runc created go on. Its first process waits until somebody reads the byte that it writes into `exec.fifo`
 * in the runtime's state; reading it is all that the `start` of runc (since 1.0) does, and doing it here spares the start of
 * a program. False: it cannot be done this way, or the process is gone; the runtime's `start` says why.
 */
export async function letGo(stateDirectory: string, pid: number): Promise<boolean> {
  const path = `${stateDirectory}/exec.fifo`
  const descriptor = openToRead(path)
  if (descriptor === undefined) return false
  const runtime = programOf(pid)
  if (!(await readsByte(descriptor, pid))) return false
  // What says that it has not been started yet.
  unlinkSync(path)
  await becomesAnother(pid, runtime)
  return true
}

const becomesWithinMs = 50

/** Until it runs the image's program it is the runtime, which ends with a code of its own when a signal comes. */
async function becomesAnother(pid: number, runtime: string | undefined): Promise<void> {
  const end = performance.now() + becomesWithinMs
  while (runtime !== undefined && programOf(pid) === runtime && performance.now() < end) await pause(1)
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    // It has ended, or is a zombie: then it is nobody's any more.
    return undefined
  }
}

/** Opening it does not wait for the writer, whose own opening waits for this. */
function openToRead(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** It is given up only when the process is gone: one that has no reader any more while it writes would be killed. */
async function readsByte(descriptor: number, pid: number): Promise<boolean> {
  const reader = openReader(descriptor)
  const read = new Promise<boolean>((resolve, reject) => {
    reader.once('data', () => resolve(true))
    reader.once('close', () => resolve(false))
    reader.once('error', reject)
  })
  try {
    for (;;) {
      const answer = await Promise.race([read, pause(lookAgainMs, undefined, { ref: false })])
      if (answer !== undefined) return answer
      if (!isAlive(pid)) return reader.destroyed ? await read : readNow(descriptor)
    }
  } finally {
    reader.destroy()
  }
}

/**
 * It may have written, run and ended before this process came to read: then the byte is there still, and to ask the
 * runtime to start it would fail.
 */
function readNow(descriptor: number): boolean {
  try {
    return readSync(descriptor, Buffer.alloc(1)) === 1
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
    throw error
  }
}

function openReader(descriptor: number): Socket {
  try {
    return new Socket({ fd: descriptor, readable: true, writable: false })
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}
