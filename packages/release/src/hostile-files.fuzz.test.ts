// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of commands.
import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appJsonLimitBytes, parseAppJson } from './parse-app-json.ts'
import { checksLimits, parseChecks } from './parse-checks.ts'
import { parseProcfile, procfileLimits } from './parse-procfile.ts'

/** Any UTF-16 unit, alone or not. fast-check's own take seconds to be made. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

/**
 * Procfile, app.json and CHECKS come with a push: whatever stands in them, the answer is a value or a coded error, and soon.
 * What takes more than linear time takes minutes at the largest size that is read, and so runs into the time limit.
 */
const timeLimitMs = 15_000

const processLine = fc.oneof(
  fc
    .tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), fc.string({ maxLength: 20 }))
    .map((pair) => pair.join(': ')),
  fc.constantFrom(
    'web: node .',
    'release: migrate',
    '# why',
    '',
    '<<<<<<< HEAD',
    'web : x',
    'WEB: x',
    ':',
    'web:',
  ),
  fc.string({ unit: anyUnit, maxLength: 30 }),
  fc
    .array(fc.constantFrom('web: ', '"', "'", '\\', '$', '${A}', '$(', '`', ' ', '\t', '\0', ';', 'é'), {
      maxLength: 12,
    })
    .map((pieces) => `worker: ${pieces.join('')}`),
)

describe('a Procfile', () => {
  test('is one, or is refused at a line that it has', () => {
    fc.assert(
      fc.property(fc.array(processLine, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        try {
          const { processes } = parseProcfile(lines.join(end))
          expect(processes.length).toBeGreaterThan(0)
          expect(new Set(processes.map(({ type }) => type)).size).toBe(processes.length)
          expect(processes.map(({ type }) => type as string)).not.toContain('release')
        } catch (error) {
          if (!isBerthError(error, 'RELEASE.PROCFILE_INVALID')) throw error
        }
      }),
      { numRuns: 600 },
    )
  })

  test('that is written out again means the same', () => {
    const type = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/).filter((name) => name !== 'release')
    const words = fc.array(fc.stringMatching(/^[a-zA-Z0-9./=-]{1,8}$/), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.dictionary(type, words, { minKeys: 1, maxKeys: 6 }), (given) => {
        const commands = Object.entries(given).map(([name, command]) => ({
          type: name,
          command: command.join(' '),
        }))
        const text = commands.map((each) => `${each.type}: ${each.command}`).join('\n')
        expect(parseProcfile(text).processes).toEqual(commands)
      }),
      { numRuns: 300 },
    )
  })

  test.each(['$', '"a" ', "'", '\\', '${A}', '#', ' ', '\n', 'a: b\n', '`'])(
    'of %j as large as may be is read at once',
    (piece) => {
      const text = `web: ${piece.repeat((procfileLimits.bytes - 8) / piece.length)}`
      try {
        parseProcfile(text)
      } catch (error) {
        if (!isBerthError(error, 'RELEASE.PROCFILE_INVALID')) throw error
      }
    },
    timeLimitMs,
  )
})

const key = fc.oneof(
  fc.constantFrom(
    'env',
    'healthchecks',
    'web',
    'cron',
    'scripts',
    'formation',
    'dokku',
    'predeploy',
    'command',
  ),
  fc.constantFrom('schedule', 'path', 'type', 'timeout', 'value', 'required', '__proto__', 'constructor', ''),
  fc.string({ maxLength: 6 }),
)
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    fc.oneof(
      fc.constantFrom('*/5 * * * *', '/up', 'startup', null, true, -1, 1e308),
      fc.string(),
      fc.double(),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value

const damage = fc.array(
  fc.tuple(
    fc.nat(400),
    fc.nat(3),
    fc.constantFrom('"', '{', '[', ',', '\\', '/*', '//', '\n', '\0', '1e', 'é', ''),
  ),
  { maxLength: 4 },
)

function damaged(text: string, changes: readonly (readonly [number, number, string])[]): string {
  return changes.reduce(
    (before, [at, length, put]) => before.slice(0, at) + put + before.slice(at + length),
    text,
  )
}

describe('an app.json', () => {
  test('is one, or is refused at a line', () => {
    fc.assert(
      fc.property(json, damage, (value, changes) => {
        try {
          parseAppJson(damaged(JSON.stringify(value, null, 1) ?? '', changes))
        } catch (error) {
          if (!isBerthError(error, 'RELEASE.APP_JSON_INVALID')) throw error
          expect(error.message.length).toBeLessThan(2_000)
        }
      }),
      { numRuns: 600 },
    )
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  // The one with a wrong value in each of 20,000 lines took 15 s: each complaint counted its line anew.
  test.each([
    ['wrong values', (bytes: number) => `{"env":{${pairs(bytes, (number) => `"a${number}":1`)}}}`],
    ['keys', (bytes: number) => `{${pairs(bytes, (number) => `"k${number}":1`)}}`],
    ['opening brackets', (bytes: number) => '['.repeat(bytes)],
    ['an open string', (bytes: number) => `"${'a'.repeat(bytes)}`],
    ['escapes in an open string', (bytes: number) => `"${'\\"'.repeat(bytes / 2)}`],
    ['comments', (bytes: number) => `${'/**/'.repeat(bytes / 4)}{}`],
    ['an open comment', (bytes: number) => `/*${'*'.repeat(bytes)}`],
    ['line ends', (bytes: number) => '\n'.repeat(bytes)],
    ['a number', (bytes: number) => '1'.repeat(bytes)],
  ])(
    'of %s as large as may be is read at once',
    (_what, make) => {
      const text = make(appJsonLimitBytes - 64)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(appJsonLimitBytes)
      try {
        parseAppJson(text)
      } catch (error) {
        if (!isBerthError(error, 'RELEASE.APP_JSON_INVALID')) throw error
      }
    },
    timeLimitMs,
  )
})

const checkLine = fc.oneof(
  fc.constantFrom(
    '/',
    '/up ok',
    '# why',
    '',
    'WAIT=1',
    'TIMEOUT=0',
    'ATTEMPTS=1e3',
    '//h/p x',
    'https://h',
    '{{',
  ),
  fc.string({ unit: anyUnit, maxLength: 30 }),
  fc
    .array(fc.constantFrom('/', ':', 'http', 's', '//', '=', 'WAIT', ' ', '\t', '#', '{{', 'é', '\0', '9'), {
      maxLength: 12,
    })
    .map((pieces) => pieces.join('')),
)

describe('a CHECKS file', () => {
  test('is one, or is refused at a line that it has', () => {
    fc.assert(
      fc.property(fc.array(checkLine, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        try {
          for (const { probe, attempts, timeoutMs } of parseChecks(lines.join(end))) {
            expect(probe).toMatchObject({ kind: 'http', path: expect.stringMatching(/^\/[\x21-\x7e]*$/) })
            expect(Math.min(attempts, timeoutMs)).toBeGreaterThan(0)
          }
        } catch (error) {
          if (!isBerthError(error, 'RELEASE.CHECKS_INVALID')) throw error
          expect(error.message.length).toBeLessThan(300)
        }
      }),
      { numRuns: 600 },
    )
  })

  test('that is written out again means the same', () => {
    const path = fc.stringMatching(/^\/[a-z0-9._~?=&-]{0,20}$/)
    const content = fc.option(fc.stringMatching(/^[!-z](?:[ -z]{0,20}[!-z])?$/))
    fc.assert(
      fc.property(fc.array(fc.tuple(path, content), { maxLength: 10 }), (given) => {
        const text = given.map(([at, expected]) => (expected === null ? at : `${at} ${expected}`)).join('\n')
        const read = parseChecks(text).map(({ probe }) =>
          probe.kind === 'http' ? [probe.path, probe.content] : [],
        )
        expect(read).toEqual(given)
      }),
      { numRuns: 300 },
    )
  })

  test.each(['/ ', '/', 'a=', '#', 'WAIT=', '//a', ' ', '\n', '/a b\n', '{'])(
    'of %j as large as may be is read at once',
    (piece) => {
      try {
        parseChecks(piece.repeat(checksLimits.bytes / piece.length))
      } catch (error) {
        if (!isBerthError(error, 'RELEASE.CHECKS_INVALID')) throw error
      }
    },
    timeLimitMs,
  )
})

function pairs(bytes: number, pair: (number: number) => string): string {
  return Array.from({ length: Math.floor(bytes / 12) }, (_, number) => pair(number))
    .join(',\n')
    .slice(0, bytes - 32)
    .replace(/,?\n?[^\n]*$/, '')
}
