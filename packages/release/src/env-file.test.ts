import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEnvFile } from './parse-env-file.ts'
import { envFormats, writeEnvFile } from './write-env-file.ts'

describe('a .env file', () => {
  test.each<[string, Record<string, string>]>([
    ['A=1\nB=2', { A: '1', B: '2' }],
    ['# a comment\n\n  export A = 1  # why\n', { A: '1' }],
    ['A=a#b\nB=#nothing\nC=', { A: 'a#b', B: '', C: '' }],
    ['A="two\nlines" # why\nB=x', { A: 'two\nlines', B: 'x' }],
    [
      'A="\\n\\t\\"\\\\ \\$B"\nB=\'\\n $A\'\nC=`it\'s "so"`',
      { A: '\n\t"\\ $B', B: '\\n $A', C: 'it\'s "so"' },
    ],
    ['\uFEFFA=1\r\nB="x\r\ny"\r\n', { A: '1', B: 'x\ny' }],
    ['A=first\nA=last', { A: 'last' }],
    ['A=x=y==', { A: 'x=y==' }],
    ['A=postgres://u:p@h/d?x=$y&z', { A: 'postgres://u:p@h/d?x=$y&z' }],
    ['', {}],
  ])('is read as dotenv reads it: %j', (text, variables) => {
    expect(parseEnvFile(text)).toEqual(variables)
  })

  test.each([
    ['A=1\n<<<<<<< HEAD\nA=2', 2, 'it is not `NAME=value`.'],
    ['A=1\n\nno assignment', 3, 'it is not `NAME=value`.'],
    ['=x', 1, 'it is not `NAME=value`.'],
    ['A=1\nB="open\nC=3\n', 2, 'a quote (") is not closed.'],
    ['A="x\ny" z', 2, 'something stands behind the closing quote.'],
    ['A=1'.padEnd(1024 * 1024 + 1, ' '), 1, 'the file is larger than 1 MB.'],
  ])('that is not understood is refused with its line: %#', (text, line, reason) => {
    expect(() => parseEnvFile(text)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION.ENV_FILE_INVALID', message: `Line ${line}: ${reason}` }),
    )
  })

  test('of a megabyte is read in no time', () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => `VARIABLE_${at}=1`)
    expect(Object.keys(parseEnvFile(lines.join('\n')))).toHaveLength(60_000)
  })
})

const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((name) => name !== '__proto__')
const variables = fc.dictionary(
  names,
  fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0')),
)

describe('what is exported', () => {
  test('as env is what is imported again', () => {
    fc.assert(
      fc.property(variables, (given) => {
        expect(parseEnvFile(writeEnvFile(given, 'env'))).toEqual({ ...given })
      }),
    )
  })

  test('as env is what Node reads too, where no escape is needed', () => {
    const given = { A: '1', B: 'two words', C: '#', D: "it's", E: '' }
    expect({ ...parseEnv(writeEnvFile(given, 'env')) }).toEqual(given)
  })

  test('as shell is quoted, as JSON is JSON, and all are in the order of the names', () => {
    const given = { B: "it's $(here)", A: '1' }
    expect(writeEnvFile(given, 'shell')).toBe("export A='1'\nexport B='it'\\''s $(here)'\n")
    expect(JSON.parse(writeEnvFile(given, 'json'))).toEqual(given)
    expect(envFormats).toEqual(['env', 'json', 'shell'])
  })
})
