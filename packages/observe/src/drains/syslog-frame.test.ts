import { expect, test } from 'vitest'
import type { AppLogLine } from '../app-log/app-log-line.ts'
import { backOffMs } from './back-off.ts'
import { httpBatch } from './http-batch.ts'
import { syslogFrame } from './syslog-frame.ts'

const line: AppLogLine = {
  number: 42,
  at: '2026-11-22T10:00:00.123Z',
  source: 'app',
  instance: 'web.1',
  release: 3,
  stream: 'stdout',
  text: 'hello "world" ümläut',
}

test('a line is one message, its octets counted', () => {
  const message =
    '<134>1 2026-11-22T10:00:00.123Z shop app web.1 - [meta sequenceId="42"] hello "world" ümläut'
  expect(syslogFrame('shop', line).toString()).toBe(`${Buffer.byteLength(message)} ${message}`)
  expect(syslogFrame('shop', { ...line, stream: 'stderr' }).toString()).toContain(' <131>1 ')
})

test.each(['\n<0>1 forged', 'a\0b\r\nc', '€'.repeat(9_000), '\ud83d', ''])(
  '%j stays one message of bounded size',
  (text) => {
    const frame = syslogFrame('shop', { ...line, text }).toString()
    const [count = ''] = frame.split(' ', 1)
    const message = Buffer.from(frame).subarray(count.length + 1)
    expect(message.length).toBe(Number(count))
    expect(message.length).toBeLessThanOrEqual(8_192)
    expect(message.toString()).not.toMatch(/[\n\r\0]/)
    expect(message.toString().replace('\ufffd', '')).not.toContain('\ufffd')
  },
)

test('numbers begin again before they are larger than receivers take', () => {
  expect(syslogFrame('shop', { ...line, number: 2_147_483_648 }).toString()).toContain('sequenceId="1"')
})

test('over HTTP a line is an object', () => {
  expect(JSON.parse(httpBatch('shop', [line]))).toEqual([
    {
      ...{ app: 'shop', number: 42, time: line.at, source: 'app', instance: 'web.1', release: 'v3' },
      ...{ stream: 'stdout', message: line.text },
    },
  ])
})

test('pauses grow, and no two drains come back at once', () => {
  const whole = (failures: number) => backOffMs(failures, () => 1)
  expect([1, 2, 3, 4].map(whole)).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(whole(100)).toBe(5 * 60_000)
  expect(backOffMs(3, () => 0)).toBe(2_000)
})
