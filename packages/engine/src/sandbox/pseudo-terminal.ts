import { closeSync, constants, openSync } from 'node:fs'
import { isatty, ReadStream } from 'node:tty'
import type { TerminalSize } from '../engine.ts'
import { openTerminalPeer, setTerminalSize } from '../system/syscalls.ts'

/** A terminal of this machine whose user we are: what is typed is written to it, what it shows is read from it. */
export type PseudoTerminal = {
  /** Reads and writes. It ends with an EIO when nobody has the other end any more. */
  stream: ReadStream
  /** What a process gets as its terminal. */
  peer: number
  /** Ours: once the process has it. */
  closePeer(): void
  resize(size: TerminalSize): void
}

export function openPseudoTerminal(size: TerminalSize): PseudoTerminal {
  const master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY)
  const peer = openPeer(master, size)
  const stream = new ReadStream(master)
  return {
    stream,
    peer,
    closePeer: () => closeSync(peer),
    resize(wanted) {
      if (!stream.destroyed) setTerminalSize(master, wanted)
    },
  }
}

function openPeer(master: number, size: TerminalSize): number {
  try {
    setTerminalSize(master, size)
    return openTerminalPeer(master)
  } catch (error) {
    closeSync(master)
    throw error
  }
}

/**
 * The terminal that a process in a container has as its input, output or errors gets another size, and who is in front of it
 * is told. Done from outside, because crun before 1.9 does not hand on what its own terminal is told (containers/crun#1262).
 * The process may have put anything there, and may be gone: then nothing happens.
 */
export function resizeTerminalOf(pid: number, size: TerminalSize): void {
  for (const descriptor of [0, 1, 2]) if (resizeTerminalAt(`/proc/${pid}/fd/${descriptor}`, size)) return
}

function resizeTerminalAt(path: string, size: TerminalSize): boolean {
  let opened: number | undefined
  try {
    opened = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    if (!isatty(opened)) return false
    setTerminalSize(opened, size)
    return true
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'ENXIO', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false
    throw error
  } finally {
    if (opened !== undefined) closeSync(opened)
  }
}
