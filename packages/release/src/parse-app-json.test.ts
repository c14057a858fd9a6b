import { isBerthError } from '@berth/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyAppJson } from './app-json.ts'
import { appJsonLimitBytes, parseAppJson } from './parse-app-json.ts'

const full = `{
  // how many of each
  "formation": { "web": { "quantity": 2, "size": "standard-1x" }, "worker": {} },
  "healthchecks": {
    "web": [
      /* a page
         that answers */
      { "path": "/up?deep=1", "content": "ok // fine", "port": 8080, "timeout": 0.5,
        "httpHeaders": [{ "name": "Accept", "value": "text/html" }] },
      { "type": "liveness", "name": "cmd", "command": ["test", "-e", "/tmp/x"], "attempts": 1 },
      { "listening": true, "initialDelay": 3 },
      { "type": "readiness", "uptime": 10, "wait": 1, "onFailure": { "url": "x" } }
    ]
  },
  "cron": [{ "command": "npm run tidy", "schedule": "*/5 0 1-7 * MON" }, { "command": "x", "schedule": "@daily" }],
  "env": { "PLAIN": "a", "KEY": { "generator": "secret" }, "OPTIONAL": { "required": false, "description": "?" } },
  "scripts": { "dokku": { "predeploy": "a", "postdeploy": "b" }, "postdeploy": "c" },
  "name": "Ignored", "buildpacks": [{}], "__proto__": { "formation": 1 }
}`

describe('app.json', () => {
  test('is read with its comments, and what it leaves out has a value', () => {
    const appJson = parseAppJson(full)
    expect(appJson.formation).toEqual({ web: { quantity: 2 }, worker: {} })
    expect(appJson.cron.map(({ schedule }) => schedule)).toEqual(['*/5 0 1-7 * MON', '@daily'])
    expect(appJson.env).toEqual({
      PLAIN: { value: 'a', required: true, generator: null },
      KEY: { value: null, required: true, generator: 'secret' },
      OPTIONAL: { value: null, required: false, generator: null },
    })
    expect(appJson.scripts).toEqual({ dokku: { predeploy: 'a', postdeploy: 'b' }, postdeploy: 'c' })
  })

  test('has health checks of four kinds', () => {
    const times = { initialDelayMs: 0, attempts: 3, timeoutMs: 5000, waitMs: 5000 }
    const headers = [{ name: 'Accept', value: 'text/html' }]
    expect(parseAppJson(full).healthchecks.web).toEqual([
      {
        ...times,
        type: 'startup',
        name: null,
        timeoutMs: 500,
        probe: {
          kind: 'http',
          scheme: 'http',
          path: '/up?deep=1',
          port: 8080,
          content: 'ok // fine',
          headers,
        },
      },
      {
        ...times,
        type: 'liveness',
        name: 'cmd',
        attempts: 1,
        probe: { kind: 'command', argv: ['test', '-e', '/tmp/x'] },
      },
      {
        ...times,
        type: 'startup',
        name: null,
        initialDelayMs: 3000,
        probe: { kind: 'listening', port: null },
      },
      { ...times, type: 'readiness', name: null, waitMs: 1000, probe: { kind: 'uptime', uptimeMs: 10_000 } },
    ])
  })

  test('that says nothing equals none', () => {
    expect(parseAppJson('{}')).toEqual(emptyAppJson)
    expect(parseAppJson('\uFEFF// none\n{ }\n')).toEqual(emptyAppJson)
  })

  test.each([
    ['a trailing comma', '{\n  "formation": {},\n}', 3, 'a name in double quotes'],
    ['an empty file', '', 1, 'the file ends'],
    ['a comment that stays open', '{\n/* a', 2, 'a comment is not closed'],
    ['a string that stays open', '{\n\n"a', 3, 'where a value is expected'],
    ['a bad escape', '{ "a":\n "\\x" }', 2, 'is not valid JSON'],
    ['a bad number', '{ "a":\n 1.2.3 }', 2, 'is not valid JSON'],
    ['a missing colon', '{ "a"\n 1 }', 2, '":"'],
    ['a missing bracket', '{ "a": [1\n 2] }', 2, '"," or "]"'],
    ['a missing comma', '{ "a": 1\n "b": 2 }', 2, '"," or "}"'],
    ['a merge marker', '{\n<<<<<<< HEAD\n}', 2, '"<" stands'],
    ['a second value', '{}\n{}', 2, 'the end of the file'],
    ['a name that occurs twice', '{ "cron": [],\n "cron": [] }', 2, 'occurs twice'],
    ['values that nest too deep', '['.repeat(100), 1, 'nest more than 64 deep'],
    ['an array', '[]', 1, 'the file is wrong'],
    [
      'a negative quantity',
      '{ "formation": {\n "web": {\n "quantity": -1 } } }',
      3,
      'formation.web.quantity',
    ],
    ['a quantity in words', '{ "formation": {\n "web": {\n "quantity": "two" } } }', 3, 'expected number'],
    ['a type that is none', '{ "formation": {\n "We b": {} } }', 2, 'is not a process type'],
    ['a check of nothing', '{ "healthchecks": { "web": [\n {} ] } }', 2, 'exactly one of'],
    ['a check of two', '{ "healthchecks": { "web": [\n { "path": "/", "uptime": 1 } ] } }', 2, 'exactly one'],
    [
      'a header that splits',
      '{"healthchecks":{"web":[{"path":"/","httpHeaders":[\n{"name":"A","value":"a\\r\\nB: c"}]}]}}',
      2,
      'is not the value of a header',
    ],
    [
      'a path with a space',
      '{ "healthchecks": { "web": [{ "path":\n "/ HTTP/1.1" }] } }',
      2,
      'must begin with',
    ],
    [
      'a schedule of four fields',
      '{ "cron": [{ "command": "a",\n "schedule": "* * * *" }] }',
      2,
      'is not a schedule',
    ],
    [
      'a schedule with a line',
      '{ "cron": [{ "command": "a",\n "schedule": "* * * * *\\n* * * * * x" }] }',
      2,
      'is not a schedule',
    ],
    [
      'a command with a NUL',
      '{ "cron": [{ "schedule": "@daily", "command":\n "a\\u0000" }] }',
      2,
      'holds a NUL',
    ],
    ['a variable with a bad name', '{ "env": {\n "A=B": "" } }', 2, 'is not the name of a variable'],
    ['an unknown generator', '{ "env": {\n "A": { "generator": "uuid" } } }', 2, 'env.A.generator'],
    ['too much', ' '.repeat(appJsonLimitBytes + 1), 1, 'larger than 256 KB'],
  ])('is rejected with the line: %s', (_what, text, line, reason) => {
    const message = expect.stringMatching(new RegExp(`^app.json, line ${line}: .*${escaped(reason)}`))
    expect(() => parseAppJson(text)).toThrow(
      expect.objectContaining({ code: 'RELEASE.APP_JSON_INVALID', message }),
    )
  })

  test('is either read or rejected with a code, whatever it holds', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string({ unit: fc.constantFrom(...'{}[]",:/*\n 1etrufalsn\\') }),
      fc
        .record({ formation: fc.jsonValue(), healthchecks: fc.jsonValue(), env: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(anything, (text) => {
        try {
          parseAppJson(text)
        } catch (error) {
          expect(isBerthError(error, 'RELEASE.APP_JSON_INVALID')).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

function escaped(text: string): string {
  return text.replace(/[[\](){}.*+?^$|\\]/g, '\\$&')
}
