import { describe, expect, test } from 'vitest'
import { parseDrain } from './parse-drain.ts'

const parse = (url: string, headers: Record<string, string> = {}, authority: string | null = null) =>
  parseDrain({ url, headers, authority })
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

describe('the address of a drain', () => {
  test.each([
    [
      'syslog+tls://logs.example.com:6515',
      { host: 'logs.example.com', port: 6515, tls: true },
      'syslog+tls://logs.example.com:6515',
    ],
    ['syslog+tls://logs.example.com', { port: 6514 }, 'syslog+tls://logs.example.com:6514'],
    ['syslog+tcp://LOGS:601/', { host: 'logs', port: 601, tls: false }, 'syslog+tcp://logs:601'],
    ['syslog+tls://[2001:db8::1]:6514', { host: '2001:db8::1' }, 'syslog+tls://[2001:db8::1]:6514'],
  ])('%s', (url, target, shown) => {
    const parsed = parse(url)
    expect(parsed.target).toMatchObject({ kind: 'syslog', ...target })
    expect(parsed.shown).toBe(shown)
  })

  test('over HTTP shows its host alone; a name and a password become a header', () => {
    const { target, shown } = parse('https://me:p%40ss@logs.example.com:8443/in/s3cret?key=s3cret#x', {
      'X-Key': 's3cret',
    })
    expect(shown).toBe('https://logs.example.com:8443/…')
    expect(target).toEqual({
      kind: 'http',
      url: 'https://logs.example.com:8443/in/s3cret?key=s3cret',
      headers: { 'x-key': 's3cret', authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
      authority: null,
    })
  })

  test('brings an authority of its own', () => {
    expect(parse('syslog+tls://logs:6514', {}, pem).target).toMatchObject({ authority: pem })
  })

  test.each<[string, Record<string, string>, string | null]>([
    ['', {}, null],
    ['logs.example.com:6514', {}, null],
    ['http://logs.example.com/', {}, null],
    ['file:///etc/passwd', {}, null],
    ['syslog://logs:514', {}, null],
    ['syslog+tls://user:pass@logs:6514', {}, null],
    ['syslog+tls://logs:6514/path', {}, null],
    ['syslog+tls://logs:6514?query', {}, null],
    ['syslog+tls://lo gs:6514', {}, null],
    ['syslog+tls://logs:99999', {}, null],
    ['syslog+tls://-x;y:6514', {}, null],
    ['syslog+tcp://logs:601', {}, pem],
    ['syslog+tls://logs:6514', { 'X-Key': 'a' }, null],
    ['https://logs.example.com', { Host: 'other' }, null],
    ['https://logs.example.com', { 'content-length': '1' }, null],
    ['https://logs.example.com', { 'X-Key': 'a\r\nb: c' }, null],
    ['https://logs.example.com', { 'X Key': 'a' }, null],
    ['https://logs.example.com', {}, 'no certificate'],
    ['https://logs.example.com', {}, `${pem}-----BEGIN PRIVATE KEY-----`],
    [`https://logs.example.com/${'a'.repeat(2_000)}`, {}, null],
  ])('%s with %j is refused, and nothing of it repeated', (url, headers, authority) => {
    expect(() => parse(url, headers, authority)).toThrow(expect.objectContaining({ code: 'DRAIN.INVALID' }))
    expect(() => parse(url, headers, authority)).not.toThrow(/pass|passwd/)
  })
})
