import { describe, expect, test } from 'vitest'
import { checksLimits, parseChecks } from './parse-checks.ts'

const refusal = (text: string) => {
  try {
    return parseChecks(text)
  } catch (error) {
    return (error as Error).message
  }
}
const asked = (text: string) => parseChecks(text).map(({ probe }) => probe)
const plain = { kind: 'http', scheme: 'http', port: null, content: null, headers: [] }

describe('a CHECKS file', () => {
  test('has settings and checks of web’s start, with comments and empty lines between them', () => {
    const text = '# how we start\nWAIT=2\n\nTIMEOUT=10\nATTEMPTS=7\n/up  It works\n'
    expect(parseChecks(text)).toEqual([
      {
        type: 'startup',
        name: 'check-1',
        probe: { ...plain, path: '/up', content: 'It works' },
        initialDelayMs: 0,
        attempts: 7,
        timeoutMs: 10_000,
        waitMs: 2_000,
      },
    ])
  })

  test('without settings waits 5 s between 5 attempts of 30 s, as Dokku does', () => {
    expect(parseChecks('/')).toMatchObject([{ attempts: 5, timeoutMs: 30_000, waitMs: 5_000 }])
  })

  test('applies its settings to every check, also to those above them', () => {
    expect(parseChecks('/a\nATTEMPTS=2\n/b').map(({ attempts }) => attempts)).toEqual([2, 2])
  })

  test('keeps what is expected as it stands, quotes and hashes included', () => {
    expect(asked('/ <h1>Order #1</h1>  "done"')).toEqual([
      { ...plain, path: '/', content: '<h1>Order #1</h1>  "done"' },
    ])
  })

  test('asks for another host where the line names one', () => {
    const headers = [{ name: 'Host', value: 'admin.example.test' }]
    expect(asked('//admin.example.test/login Sign in')).toEqual([
      { ...plain, path: '/login', content: 'Sign in', headers },
    ])
    expect(asked('https://admin.example.test')).toEqual([{ ...plain, scheme: 'https', path: '/', headers }])
    expect(asked('http://admin.example.test:8080/a?b=c')).toMatchObject([
      { path: '/a?b=c', headers: [{ value: 'admin.example.test:8080' }] },
    ])
  })

  test('may have nothing but settings, and come from Windows', () => {
    expect(parseChecks('\uFEFFWAIT=5\r\n# later\r\n')).toEqual([])
  })

  test.each([
    ['up', 'CHECKS, line 1: "up" is neither a path (/…) nor an address (//host/…).'],
    ['/\n<<<<<<< HEAD', 'CHECKS, line 2: "<<<<<<<" is neither a path (/…) nor an address (//host/…).'],
    ['WAIT=soon', 'CHECKS, line 1: WAIT is "soon", not a whole number from 0 to 86400.'],
    ['ATTEMPTS=0', 'CHECKS, line 1: ATTEMPTS is "0", not a whole number from 1 to 1000.'],
    ['DELAY=5', 'CHECKS, line 1: "DELAY" is no setting; WAIT, TIMEOUT and ATTEMPTS are.'],
    ['/{{ var "SECRET" }}', 'CHECKS, line 1: templates ({{ … }}) are not filled in here.'],
    ['//a@b/', 'CHECKS, line 1: "a@b" is not a host.'],
    ['/grüße', 'CHECKS, line 1: its path holds more than plain characters.'],
    ['/\u0007', 'CHECKS, line 1: it holds a control character.'],
    ['/\n'.repeat(checksLimits.checks + 1), 'CHECKS, line 21: it has more than 20 checks.'],
    ['#'.repeat(checksLimits.bytes + 1), 'CHECKS, line 1: it is larger than 64 KB.'],
  ])('%j is refused with its line', (text, message) => {
    expect(refusal(text)).toBe(message)
  })

  test('is refused by a code', () => {
    expect(() => parseChecks('nothing')).toThrow(expect.objectContaining({ code: 'RELEASE.CHECKS_INVALID' }))
  })
})
