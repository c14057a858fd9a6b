import { closeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { connectPackets, endHalf, sendPacket } from '../../system/syscalls.ts'

/** conmon takes 32 KB at once in its newer versions, 8 KB in older ones. */
const mostPacketBytes = 8_192
const longestPauseMs = 50

/**
 * What is typed into a container's terminal, through its monitor's socket. Nothing is read from there: the log has all
 * that it shows, and a reader who does not read would hold the monitor up.
 */
export function terminalInput(socket: string): Writable {
  const connection = connectPackets(socket)
  let open = true
  endHalf(connection, 'reading')
  const type = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length && open; at += mostPacketBytes) {
      const packet = bytes.subarray(at, at + mostPacketBytes)
      for (let pauseMs = 1; open && !sendPacket(connection, packet); pauseMs *= 2) {
        await pause(Math.min(pauseMs, longestPauseMs))
      }
    }
  }
  return new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      // The container may end while somebody types: its exit tells.
      type(bytes).then(
        () => done(),
        () => done(),
      )
    },
    destroy(error, done) {
      if (open) closeSync(connection)
      open = false
      done(error)
    },
  })
}
