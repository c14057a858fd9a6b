import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const skipped = /node_modules|generated|\.next|\/dev\//
const isTest = (path: string) => /(?:\.test|contract)\.ts$/.test(path)

/** Why a code is in no test's expectation. One that a test reaches by now is to be taken out. */
const hours = 'takes hours to come to, or a clock of one’s own in every process'
const hanging = 'takes a part that hangs at one moment; stories kill parts, and see what follows'
const reasons: Readonly<Record<string, string>> = {
  'ATTACH.TOO_LONG': hours,
  'BUILD.JOB_TIMED_OUT': hours,
  'CLI.BROKEN_OFF': hanging,
  'CLI.NO_SESSION': hanging,
  'CLI.SESSION_LOST': hanging,
  'DATABASE.STRAY_SERVER': hanging,
  'DEPLOY.TIMED_OUT': hours,
  'DOWN.STILL_RUNNING': hanging,
  'LINK.EXPIRED': hours,
  'PUSH.NO_OUTCOME': hanging,
  'PUSH.TOOK_TOO_LONG': hours,
  'SOURCE.READ_FAILED': hanging,
  'UP.NOT_READY': hanging,
}

type Code = { code: string; path: string; words: string[] }

/** Of every table: the codes, and the fixed words of their messages. */
function codesOf(path: string, text: string): Code[] {
  const starts = [...text.matchAll(/^ {2}'([A-Z_]+\.[A-Z_]+)': \{$/gm)]
  return starts.map(({ 1: code = '', index }) => {
    const [entry = ''] = text.slice(index).split(/\n {2}\},\n/, 1)
    const [message = ''] = entry.split(/\n {4}hint:/, 1)
    const literals = [...message.matchAll(/`([^`]*)`|'((?:[^'\\]|\\.)*)'|"([^"]*)"/g)].slice(1)
    const words = literals.flatMap((found) => (found[1] ?? found[2] ?? found[3] ?? '').split(/\$\{[^}]*\}/))
    return { code, path, words: words.map((one) => one.replace(/\\(.)/g, '$1')) }
  })
}

/** What tests expect to be said: shorter words would be in any message. */
const shortest = 12
const said = (text: string) =>
  [...text.matchAll(/'((?:[^'\\\n]|\\.)*)'|"([^"\n]*)"|`([^`]*)`|\/((?:[^/\\\n]|\\.)+)\//g)]
    .flatMap((found) =>
      (found.slice(1).find(Boolean) ?? '').split(/\$\{[^}]*\}|\\[nsSdw][+*]?|\.\*|[()|[\]?+*^$]/),
    )
    .map((one) => one.replace(/\\(.)/g, '$1').trim())
    .filter((one) => one.length >= shortest)

/** A test may say a part of a message, or the whole of it with what stands in its gaps. */
const isSame = (fixed: string, one: string) =>
  fixed.includes(one) || (fixed.trim().length >= shortest && one.includes(fixed.trim()))

const sources = globSync(['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'test/**/*.ts', 'infra/*.ts'], {
  cwd: root,
})
  .filter(
    (path) =>
      !skipped.test(path) && !path.endsWith('/errors.test.ts') && path !== 'infra/error-codes.test.ts',
  )
  .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }))
const tests = sources.filter(({ path }) => isTest(path))
const codes = sources
  .filter(({ path, text }) => !isTest(path) && text.includes('errorTable({'))
  .flatMap(({ path, text }) => codesOf(path, text))

test('every error code of every table is expected by a test: by its code, or by words of its message', () => {
  expect(codes.length).toBeGreaterThan(350)
  const text = tests.map((one) => one.text).join('\n')
  const expected = new Set(tests.flatMap((one) => said(one.text)))
  const isReached = ({ code, path, words }: Code) =>
    new RegExp(`${code}(?![A-Z_])`).test(text) ||
    // The registry's door says the codes of the OCI distribution specification.
    (path.startsWith('packages/registry/') && text.includes(`'${code.slice(code.indexOf('.') + 1)}'`)) ||
    words.some((fixed) => [...expected].some((one) => isSame(fixed, one)))
  const unreached = codes.filter((one) => !isReached(one)).map(({ code, path }) => `${code} (${path})`)
  const explained = Object.keys(reasons)
  expect(unreached.filter((one) => !explained.some((code) => one.startsWith(`${code} `)))).toEqual([])
  expect(explained.filter((code) => !unreached.some((one) => one.startsWith(`${code} `)))).toEqual([])
})
