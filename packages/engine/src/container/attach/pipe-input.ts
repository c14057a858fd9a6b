import { closeSync, constants, openSync, readdirSync, readlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { connectPackets, dropPackets, endHalf } from '../../system/syscalls.ts'

export type MonitoredPipe = {
  /** The monitor's process. */
  monitor: number
  /** As /proc names it. */
  pipe: string
  /** Where the monitor lets others join. */
  socket: string
}

/**
 * The standard input of a container's first process, which is a pipe whose other end its monitor keeps open. It is
 * opened once more from there: so whoever writes may come and go, or die, and the container notices nothing. Its end
 * comes when the monitor lets go too.
 */
export function pipeInput(from: MonitoredPipe): Writable {
  const target = new Socket({ fd: openAgain(from), readable: false, writable: true })
  // The container may end without reading: its exit tells.
  target.on('error', () => undefined)
  return new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      if (target.destroyed) done()
      else target.write(bytes, () => done())
    },
    final(done) {
      target.once('close', () => void letGo(from).then(() => done(), done))
      target.end(() => target.destroy())
    },
    destroy(error, done) {
      target.destroy()
      done(error)
    },
  })
}

function openAgain(from: MonitoredPipe): number {
  const path = heldBy(from)
  if (path === undefined) throw Object.assign(new Error('The input has ended.'), { code: 'EPIPE' })
  return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
}

/** Where the monitor has the pipe; undefined: no longer. */
function heldBy({ monitor, pipe }: MonitoredPipe): string | undefined {
  const directory = `/proc/${monitor}/fd`
  return readIfThere(() => readdirSync(directory), [])
    .map((name) => `${directory}/${name}`)
    .find((path) => readIfThere(() => readlinkSync(path), '') === pipe)
}

const mostTries = 5
const mostLooks = 100

/**
 * conmon closes its end when one who has joined its socket sends no more. Who joined must not be gone by then: if conmon
 * had something to tell him meanwhile, it would forget him and not close it (2.1, terminate_remote_sock).
 */
async function letGo(from: MonitoredPipe): Promise<void> {
  for (let tries = 0; tries < mostTries && heldBy(from) !== undefined; tries += 1) {
    const joined = readIfThere(() => connectPackets(from.socket), null)
    if (joined === null) return
    try {
      endHalf(joined, 'sending')
      for (let looks = 0; looks < mostLooks && heldBy(from) !== undefined; looks += 1) {
        dropPackets(joined)
        await pause(Math.min(looks, 20))
      }
    } finally {
      closeSync(joined)
    }
  }
}

/** The monitor has ended, and the container with it. */
const over: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH', 'ECONNREFUSED', 'ENOTCONN'])

function readIfThere<Result, None>(read: () => Result, none: None): Result | None {
  try {
    return read()
  } catch (error) {
    if (over.has((error as NodeJS.ErrnoException).code ?? '')) return none
    throw error
  }
}
