import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseProcfile, procfileLimits } from './parse-procfile.ts'

const invalidAt = (line: number) =>
  expect.objectContaining({
    code: 'RELEASE.PROCFILE_INVALID',
    message: expect.stringContaining(`line ${line}:`),
  })

describe('a Procfile', () => {
  test('names process types in its order, and the release command apart', () => {
    const text = 'web: node server.js --port $PORT\nrelease: npm run migrate\nworker:node worker.js\n'
    expect(parseProcfile(text)).toEqual({
      processes: [
        { type: 'web', command: 'node server.js --port $PORT' },
        { type: 'worker', command: 'node worker.js' },
      ],
      releaseCommand: 'npm run migrate',
    })
  })

  test('may hold comments, blank lines, CRLF and a byte order mark', () => {
    const text = '\uFEFF# what runs\r\n\r\n// the site\r\nweb: http-server # not: a comment\r\n   \t\r\n'
    expect(parseProcfile(text).processes).toEqual([{ type: 'web', command: 'http-server # not: a comment' }])
  })

  test('that names no process leaves the image its command as web', () => {
    expect(parseProcfile('release: ./migrate')).toEqual({
      processes: [{ type: 'web', command: null }],
      releaseCommand: './migrate',
    })
    expect(parseProcfile('# nothing yet\n').processes).toEqual([{ type: 'web', command: null }])
  })

  test.each([
    ['a merge marker', 'web: a\n<<<<<<< HEAD\nworker: b', 2],
    ['the middle of a merge', 'web: a\n=======\nworker: b', 2],
    ['a process type defined twice', 'web: a\n\nweb: b', 3],
    ['a release command defined twice', 'release: a\nrelease: b', 2],
    ['a line without a colon', 'web: a\njust words', 2],
    ['a type without a command', 'web: a\nworker:   ', 2],
    ['a command without a type', ': a', 1],
    ['an upper-case type', 'Web: a', 1],
    ['a type that could be an option', '-web: a', 1],
    ['a type of 41 characters', `${'a'.repeat(41)}: a`, 1],
    ['a type with a slash', '../web: a', 1],
    ['a quote that stays open', 'web: a\nworker: echo "b', 2],
    ['a NUL', 'web: a\0b', 1],
    ['an escape character', 'web: \u001b[31m', 1],
  ])('is rejected with the line: %s', (_what, text, line) => {
    expect(() => parseProcfile(text)).toThrow(invalidAt(line))
  })

  test('is bounded in size and in process types', () => {
    expect(() => parseProcfile(`web: ${'a'.repeat(procfileLimits.bytes)}`)).toThrow(invalidAt(1))
    const many = Array.from({ length: 101 }, (_, index) => `p${index}: a`).join('\n')
    expect(() => parseProcfile(many)).toThrow(invalidAt(101))
  })

  test('is either read or rejected with a code, whatever it holds', () => {
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('web: a', '#', 'release: b', '>>>>>>>'),
      ),
    )
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r\n'), (given, end) => {
        try {
          const { processes } = parseProcfile(given.join(end))
          expect(new Set(processes.map(({ type }) => type)).size).toBe(processes.length)
          for (const { type } of processes) expect(type).toMatch(/^[a-z][a-z0-9-]*$/)
        } catch (error) {
          expect(isBerthError(error, 'RELEASE.PROCFILE_INVALID')).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
