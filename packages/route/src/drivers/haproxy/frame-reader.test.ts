import { expect, test } from 'vitest'
import { frameReader } from './frame-reader.ts'

const frame = (text: string) => `${Buffer.byteLength(text)} ${text}`

test('frames come whole, wherever the bytes are cut', () => {
  const texts = ['one', '', 'two and a blank', 'ümläut €', '12 34']
  const bytes = Buffer.from(texts.map(frame).join(''))
  for (let size = 1; size <= bytes.length; size += 1) {
    const read = frameReader(1_024)
    const found: string[] = []
    for (let at = 0; at < bytes.length; at += size)
      found.push(...(read(bytes.subarray(at, at + size)) ?? ['broken']))
    expect(found).toEqual(texts)
  }
})

test.each(['x one', '-1 a', ' a', '9999999 a', '2000 a', '1e3 a'])('%j is no such stream', (text) => {
  expect(frameReader(1_024)(Buffer.from(text))).toBeUndefined()
})

test('a frame that is not there yet takes no more memory than one may', () => {
  const read = frameReader(1_024)
  expect(read(Buffer.from('1024 '))).toEqual([])
  expect(read(Buffer.alloc(1_000, 'a'))).toEqual([])
  expect(read(Buffer.alloc(24, 'a'))).toEqual(['a'.repeat(1_024)])
})
