import { expect, test } from 'vitest'
import { parseCommand, parseRepositoryName } from './parse-command.ts'
import { parseHttpRequest } from './parse-http-request.ts'

test.each([
  ["git-receive-pack 'shop.git'", 'receive-pack'],
  ["git-receive-pack '/shop.git'", 'receive-pack'],
  ["git-upload-pack 'shop'", 'upload-pack'],
  ["git upload-pack '/shop'", 'upload-pack'],
  ['git-upload-pack shop.git', 'upload-pack'],
])('%s asks for shop', (line, service) => {
  expect(parseCommand(line)).toEqual({ service, appName: 'shop' })
})

test.each(['', 'ls', 'git', 'git-receive-pack', 'git-shell', ' git-receive-pack a', 'git-upload-archive a'])(
  '%j finds no shell',
  (line) => expect(() => parseCommand(line)).toThrow(expect.objectContaining({ code: 'PUSH.NO_SHELL' })),
)

test.each([
  "git-receive-pack 'a' 'b'",
  "git-receive-pack 'a'; ls",
  "git-receive-pack 'a\n'",
  "git-receive-pack 'a'\\''b'",
  'git-receive-pack "a"',
  'git-receive-pack --help',
  "git-receive-pack '//a'",
  "git-receive-pack '~/a.git'",
  "git-receive-pack 'a.git.git'",
  "git-receive-pack 'a\0'",
])('%j names no app', (line) => {
  expect(() => parseCommand(line)).toThrow(expect.objectContaining({ code: 'NAME.INVALID' }))
})

test('a path that only looks like a name is none', () => {
  expect(() => parseRepositoryName('.git')).toThrow(expect.objectContaining({ code: 'NAME.INVALID' }))
})

test('requests of the smart protocol are known, and nothing else is', () => {
  const push = parseHttpRequest('GET', '/git/shop.git/info/refs?service=git-receive-pack')
  expect([push?.kind, push?.request()]).toEqual(['advertise', { service: 'receive-pack', appName: 'shop' }])
  const fetched = parseHttpRequest('POST', '/git/shop/git-upload-pack')
  expect([fetched?.kind, fetched?.request()]).toEqual([
    'service',
    { service: 'upload-pack', appName: 'shop' },
  ])
  expect(parseHttpRequest('GET', '/git/shop.git/objects/info/packs')).toBe(null)
  expect(parseHttpRequest('PUT', '/git/shop.git/git-receive-pack')).toBe(null)
  expect(parseHttpRequest('GET', `/git/${'a'.repeat(3_000)}`)).toBe(null)
  expect(() => parseHttpRequest('POST', '/git/%zz/git-upload-pack')?.request()).toThrow(
    expect.objectContaining({ code: 'NAME.INVALID' }),
  )
})
