import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addAddress, addCable, addDefaultRoute } from './link-messages.ts'
import {
  type Answer,
  answerError,
  bytes,
  decodeAnswers,
  decodeAttributes,
  decodeError,
  encodeRequest,
  nested,
  number32,
  text,
} from './message.ts'

test('a request has its length, its kind, its flags and its number in front, and asks for an answer', () => {
  const request = encodeRequest({ type: 20, flags: 0x400, parts: [Buffer.from([2, 24, 0, 0])] }, 7)
  expect(request.toString('hex')).toBe('14000000' + '1400' + '0504' + '07000000' + '00000000' + '02180000')
})

test('an attribute is padded to four bytes, which its length does not count', () => {
  expect(text(3, 'eth0').toString('hex')).toBe('0900' + '0300' + '6574683000' + '000000')
  expect(() => bytes(1, Buffer.alloc(70_000))).toThrow(RangeError)
})

test('what is nested comes back', () => {
  const attributes = decodeAttributes(nested(18, text(1, 'veth'), number32(4, 1400)))
  const inner = decodeAttributes(attributes.get(18) ?? Buffer.alloc(0))
  expect(inner.get(1)?.toString()).toBe('veth\0')
  expect(inner.get(4)?.readUInt32LE(0)).toBe(1400)
})

test('an error names its number and its words, whether or not the request is repeated in it', () => {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(24, 0)
  const number = Buffer.alloc(4)
  number.writeInt32LE(-17)
  const words = text(1, 'File exists')
  const answer = (flags: number, ...parts: Buffer[]): Answer => ({
    type: answerError,
    flags,
    sequence: 1,
    payload: Buffer.concat(parts),
  })
  const expected = { errno: 17, text: 'File exists' }
  expect(decodeError(answer(0x300, number, header, words))).toEqual(expected)
  expect(decodeError(answer(0x200, number, header, Buffer.alloc(8), words))).toEqual(expected)
  expect(decodeError(answer(0, number, header))).toEqual({ errno: 17, text: null })
  expect(decodeError(answer(0x100, Buffer.alloc(4), header))).toEqual({ errno: 0, text: null })
})

test('several answers of one datagram are told apart; bytes that make no sense end it', () => {
  const two = Buffer.concat([
    encodeRequest({ type: 16, parts: [] }, 1),
    encodeRequest({ type: 2, parts: [] }, 2),
  ])
  expect(decodeAnswers(two).map(({ type, sequence }) => [type, sequence])).toEqual([
    [16, 1],
    [2, 2],
  ])
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const datagram = Buffer.from(noise)
      for (const answer of decodeAnswers(datagram)) {
        decodeError(answer)
        decodeAttributes(answer.payload)
      }
    }),
  )
})

test('a cable names its bridge, its far end and whose network that end is in', () => {
  const far = { name: 'eth0', hardwareAddress: '02:42:0a:40:00:02', pid: 4711 }
  const { parts } = addCable({ name: 'v1', bridge: 9, mtu: 1400, far })
  const words = decodeAttributes(Buffer.concat(parts.slice(1)))
  expect(words.get(3)?.toString()).toBe('v1\0')
  expect(words.get(10)?.readUInt32LE(0)).toBe(9)
  const kind = decodeAttributes(words.get(18) ?? Buffer.alloc(0))
  const details = decodeAttributes(kind.get(2) ?? Buffer.alloc(0))
  const peer = decodeAttributes((details.get(1) ?? Buffer.alloc(16)).subarray(16))
  expect(peer.get(3)?.toString()).toBe('eth0\0')
  expect(peer.get(1)?.toString('hex')).toBe('02420a400002')
  expect(peer.get(19)?.readUInt32LE(0)).toBe(4711)
})

test('addresses and routes of both families say which they are', () => {
  const [four, six] = [Buffer.from([10, 64, 0, 2]), Buffer.alloc(16, 1)]
  expect(addAddress(3, { address: four, prefix: 22 }).parts[0]?.toString('hex')).toBe('0216000003000000')
  expect(addAddress(3, { address: six, prefix: 64 }).parts[0]?.[0]).toBe(10)
  expect(addDefaultRoute(3, four).parts[0]?.toString('hex')).toBe('02000000fe03000100000000')
  expect(addDefaultRoute(3, six).parts[0]?.[0]).toBe(10)
})
