import { closeSync, constants, openSync, readlinkSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { OciRuntime } from './oci-runtime.ts'
import { isAlive } from './process-life.ts'

const lookAgainMs = 100
/** A process that waits is let go within milliseconds: after this long it never got so far. */
const longestWaitMs = 30_000

/**
 * Lets a container that a runtime created go on. Its first process waits at `exec.fifo` in the runtime's state: runc's (since
 * 1.0) until somebody reads the byte that it writes there, crun's until somebody writes one. That and removing the pipe is
 * all that their `start` does, and doing it here spares the start of a program. False: it cannot be done this way, or the
 * process is gone; the runtime's `start` says why.
 */
export async function letGo(
  kind: OciRuntime['kind'],
  stateDirectory: string,
  pid: number,
  waitMs = longestWaitMs,
): Promise<boolean> {
  const path = `${stateDirectory}/exec.fifo`
  const runtime = programOf(pid)
  const went = kind === 'runc' ? await letGoByReading(path, { pid, waitMs }) : letGoByWriting(path)
  if (went) await becomesAnother(pid, runtime)
  return went
}

type Waiting = { pid: number; waitMs: number }

async function letGoByReading(path: string, waiting: Waiting): Promise<boolean> {
  const descriptor = openAtOnce(path, constants.O_RDONLY)
  if (descriptor === undefined) return false
  if (!(await readsByte(descriptor, waiting))) return false
  // What says that it has not been started yet.
  unlinkSync(path)
  return true
}

/** The process has had it open since it was created: without a reader there is none. */
function letGoByWriting(path: string): boolean {
  const descriptor = openAtOnce(path, constants.O_WRONLY)
  if (descriptor === undefined) return false
  try {
    unlinkSync(path)
    writeSync(descriptor, Buffer.alloc(1))
    return true
  } catch (error) {
    // It was killed in between.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false
    throw error
  } finally {
    closeSync(descriptor)
  }
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

/** Opening it does not wait for who has the other end. Undefined: there is no pipe, or nobody to read what is written. */
function openAtOnce(path: string, access: number): number | undefined {
  try {
    return openSync(path, access | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    if (['ENOENT', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** It is not given up lightly: a process that has no reader any more while it writes is killed. */
async function readsByte(descriptor: number, { pid, waitMs }: Waiting): Promise<boolean> {
  const end = performance.now() + waitMs
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
      if (performance.now() > end) return false
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
