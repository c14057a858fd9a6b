import { expect, test } from 'vitest'
import type { NetlinkSocket } from '../../system/netlink-socket.ts'
import { configurationOver } from './configure.ts'
import { addDefaultRoute, askLink, switchOn } from './link-messages.ts'
import { answerError, decodeAnswers } from './message.ts'

const gateway = Buffer.from([10, 64, 0, 1])

/** Refuses requests of these numbers (ENODEV), and answers in as many datagrams as there are answers, as the kernel does. */
function kernel(refused: readonly number[]) {
  const sent: Buffer[] = []
  const waiting: Buffer[] = []
  const socket: NetlinkSocket = {
    send(datagram) {
      sent.push(datagram)
      for (const { type, flags, sequence } of decodeAnswers(datagram)) {
        const isRefused = refused.includes(sequence)
        if (type === 18 && !isRefused) waiting.push(message(16, sequence, Buffer.alloc(16, 7)))
        if (isRefused || (flags & 4) !== 0) waiting.push(outcome(sequence, isRefused ? 19 : 0))
      }
    },
    receive() {
      const datagram = waiting.shift()
      if (datagram === undefined) throw new Error('The kernel has no more to say.')
      return datagram
    },
    close: () => undefined,
  }
  return { socket, sent, waiting }
}

function message(type: number, sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(16 + payload.length, 0)
  header.writeUInt16LE(type, 4)
  header.writeUInt32LE(sequence, 8)
  return Buffer.concat([header, payload])
}

function outcome(sequence: number, errno: number): Buffer {
  const payload = Buffer.alloc(20)
  payload.writeInt32LE(-errno, 0)
  return message(answerError, sequence, payload)
}

test('many changes are one message with one answer', () => {
  const { socket, sent, waiting } = kernel([])
  const network = configurationOver(socket)
  expect(network.ask(switchOn('a'), addDefaultRoute(1, gateway), addDefaultRoute(2, gateway))).toEqual([])
  expect(network.link('b', switchOn('b')).index).toBe(0x07070707)
  expect(sent.map((datagram) => decodeAnswers(datagram).length)).toEqual([3, 2])
  expect(waiting).toEqual([])
})

test('the first refusal is thrown, when all has been answered, and later answers are not taken for its', () => {
  const { socket, waiting } = kernel([1, 3])
  const network = configurationOver(socket)
  const refusal = expect.objectContaining({ code: 'ENODEV' })
  expect(() => network.ask(switchOn('a'), switchOn('b'), askLink('c'))).toThrow(refusal)
  expect(waiting).toEqual([])
  expect(network.ask(switchOn('a'))).toEqual([])
})
