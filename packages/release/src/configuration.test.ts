import { noConfiguration } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { type ConfigurationChange, changeConfiguration } from './configuration.ts'
import { differenceOf, isSameConfiguration, sayChange } from './configuration-difference.ts'

const before = { variables: { A: '1', B: '2' }, secretFiles: { 'key.pem': 'a2V5' } }
const base64 = (bytes: number) => Buffer.alloc(bytes, 'x').toString('base64')

describe('a change', () => {
  test('leaves what it does not name, whatever it came upon', () => {
    expect(changeConfiguration(before, { set: { C: '3' }, unset: ['A', 'unknown'] })).toEqual({
      variables: { B: '2', C: '3' },
      secretFiles: before.secretFiles,
    })
    expect(changeConfiguration(before, { setFiles: { other: 'eA==' }, unsetFiles: ['key.pem'] })).toEqual({
      variables: before.variables,
      secretFiles: { other: 'eA==' },
    })
  })

  test('that sets and removes one name sets it', () => {
    expect(changeConfiguration(before, { set: { A: 'new' }, unset: ['A'] }).variables.A).toBe('new')
  })

  test('is in the order of the names, so that equal configurations are equal texts', () => {
    const one = changeConfiguration(noConfiguration, { set: { B: '2', A: '1' } })
    expect(JSON.stringify(one.variables)).toBe('{"A":"1","B":"2"}')
  })

  test('may set PORT, which counts for every process but web', () => {
    expect(changeConfiguration(noConfiguration, { set: { PORT: '1' } }).variables).toEqual({ PORT: '1' })
  })

  test.each<[string, ConfigurationChange]>([
    ['CONFIGURATION.NAME_INVALID', { set: { '1A': '' } }],
    ['CONFIGURATION.NAME_INVALID', { set: { 'A-B': '' } }],
    ['CONFIGURATION.NAME_INVALID', { set: { '': '' } }],
    ['CONFIGURATION.NAME_INVALID', { set: { 'A\nB': '' } }],
    ['CONFIGURATION.NAME_INVALID', { set: { ['A'.repeat(201)]: '' } }],
    ['CONFIGURATION.NAME_RESERVED', { set: { BERTH_APP: '' } }],
    ['CONFIGURATION.NAME_RESERVED', { set: { DYNO: '' } }],
    ['CONFIGURATION.NAME_RESERVED', { set: { ['__proto__']: '' } }],
    ['CONFIGURATION.VALUE_INVALID', { set: { A: 'a\0b' } }],
    ['CONFIGURATION.VALUE_INVALID', { set: { A: 'ü'.repeat(32_769) } }],
    ['CONFIGURATION.FILE_INVALID', { setFiles: { '../x': 'eA==' } }],
    ['CONFIGURATION.FILE_INVALID', { setFiles: { '.hidden': 'eA==' } }],
    ['CONFIGURATION.FILE_INVALID', { setFiles: { 'a/b': 'eA==' } }],
    ['CONFIGURATION.FILE_INVALID', { setFiles: { a: 'no base64' } }],
    ['CONFIGURATION.FILE_INVALID', { setFiles: { a: base64(65_537) } }],
    [
      'CONFIGURATION.TOO_LARGE',
      { set: Object.fromEntries([...'abcde'].map((name) => [name, 'x'.repeat(60_000)])) },
    ],
    [
      'CONFIGURATION.TOO_LARGE',
      { set: Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`A${at}`, ''])) },
    ],
    [
      'CONFIGURATION.TOO_LARGE',
      { setFiles: Object.fromEntries([...'abcde'].map((name) => [name, base64(60_000)])) },
    ],
  ])('is refused with %s, and its value is not repeated: %#', (code, change) => {
    const refused = () => changeConfiguration(before, change)
    expect(refused).toThrow(expect.objectContaining({ code }))
    expect(refused).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/x{20}|ü{20}/) }))
  })
})

describe('a difference', () => {
  test('is names, never values', () => {
    const difference = differenceOf({ A: 'one', B: 'same', C: 'gone' }, { A: 'other', B: 'same', D: 'new' })
    expect(difference).toEqual({ added: ['D'], removed: ['C'], changed: ['A'] })
  })

  test('is told in words, and a long one is cut', () => {
    const after = changeConfiguration(before, { set: { A: 'x' }, unset: ['B'], unsetFiles: ['key.pem'] })
    expect(sayChange(before, after)).toBe('Set A and remove B, the file key.pem')
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`V${at}`, '']))
    expect(sayChange(noConfiguration, { variables: many, secretFiles: { f: '' } })).toBe(
      'Set V0, V1, V2, V3, V4 and 4 more',
    )
  })

  test('is none where all is the same, in whatever order', () => {
    expect(isSameConfiguration(before, { ...before, variables: { B: '2', A: '1' } })).toBe(true)
    expect(isSameConfiguration(before, { ...before, secretFiles: { 'key.pem': 'eA==' } })).toBe(false)
  })
})
