import { closeSync, constants, openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
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
