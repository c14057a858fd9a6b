import { firstWindowBytes } from './attach-protocol.ts'
import { liveError } from './errors.ts'

/** What we may still send. */
export type SendWindow = {
  /** Waits until so many bytes may be sent, and counts them as sent. @throws the reason of an aborted signal */
  take(bytes: number, signal: AbortSignal): Promise<void>
  /** The other side has so much more room. @throws ATTACH.BAD_FRAME: more than there ever was */
  add(bytes: number): void
}

export function openSendWindow(): SendWindow {
  let room = firstWindowBytes
  let change = Promise.withResolvers<void>()
  return {
    async take(bytes, signal) {
      const stop = () => change.resolve()
      signal.addEventListener('abort', stop, { once: true })
      try {
        while (room < bytes && !signal.aborted) await change.promise
        signal.throwIfAborted()
        room -= bytes
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
    add(bytes) {
      room += bytes
      if (room > firstWindowBytes) throw badWindow('it makes more room than there ever was')
      change.resolve()
      change = Promise.withResolvers<void>()
    },
  }
}

/** What the other side may still send, and when it is to be told that there is room again. */
export type ReceiveWindow = {
  /** So much has come. @throws ATTACH.BAD_FRAME: more than there was room for */
  came(bytes: number): void
  /** So much has been dealt with. Returns what is to be told to the other side now; 0: nothing yet. */
  done(bytes: number): number
}

export function openReceiveWindow(): ReceiveWindow {
  let room = firstWindowBytes
  let untold = 0
  return {
    came(bytes) {
      room -= bytes
      if (room < 0) throw badWindow('more has come than there was room for')
    },
    done(bytes) {
      untold += bytes
      if (untold < firstWindowBytes / 4) return 0
      const told = untold
      room += told
      untold = 0
      return told
    },
  }
}

function badWindow(why: string) {
  return liveError['ATTACH.BAD_FRAME']({ why })
}
