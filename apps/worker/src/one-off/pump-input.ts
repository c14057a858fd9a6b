import type { Writable } from 'node:stream'

/**
 * What somebody types or pipes, written to a process no faster than it reads. No more waits here than the other side's
 * window lets come, in however small pieces. Nothing of it holds up who calls: keys and signals go past it.
 */
export type InputPump = {
  put(bytes: Uint8Array): void
  /** After all that was put. */
  end(): void
  stop(): void
}

const endOfInput = Buffer.from([0x04])
/** So many pieces become one: each costs more than the byte that may be in it. */
const mostPieces = 1_000

export function pumpInput(
  input: Writable | null,
  { isTerminal, taken }: { isTerminal: boolean; taken(bytes: number): void },
): InputPump {
  let waiting: Uint8Array[] = []
  let pumping = false
  let ends = false
  let stopped = false
  /** A process that reads no more, or has ended, is no error: its exit tells. */
  const isOpen = () => input !== null && !stopped && !input.destroyed && !input.writableEnded

  async function pump(): Promise<void> {
    if (pumping) return
    pumping = true
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
      await write(piece)
      taken(piece.length)
    }
    pumping = false
    if (ends) await end()
  }

  async function end(): Promise<void> {
    // A terminal's input has no end; this is how one is typed.
    if (isTerminal) await write(endOfInput)
    else if (isOpen()) input?.end()
  }

  function write(bytes: Uint8Array): Promise<void> {
    if (!isOpen()) return Promise.resolve()
    return new Promise((resolve) => {
      const settle = () => {
        input?.off('close', settle)
        resolve()
      }
      input?.once('close', settle)
      input?.write(bytes, settle)
    })
  }

  return {
    put(bytes) {
      if (waiting.length >= mostPieces) waiting = [Buffer.concat(waiting)]
      waiting.push(bytes)
      void pump()
    },
    end() {
      ends = true
      void pump()
    },
    stop: () => {
      stopped = true
      waiting = []
    },
  }
}
