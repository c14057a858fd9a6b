import { expect, test } from 'vitest'
import { openSealing } from './seal-values.ts'

const sealing = openSealing('the text of a key file')
const place = { table: 'RegistryCredential', row: 'ghcr.io', teamId: 'one' }
const unreadable = expect.objectContaining({ code: 'SECRET.UNREADABLE' })

test.each(['pass word', '', 'ü€🔑', 'x'.repeat(10_000)])('what was sealed is opened: %#', (plain) => {
  expect(sealing.unseal(sealing.seal(plain, place), place)).toBe(plain)
})

test('the sealed bytes hold nothing of the text, and never come twice', () => {
  const [one, other] = [sealing.seal('pass word', place), sealing.seal('pass word', place)]
  expect(Buffer.from(one).includes('pass')).toBe(false)
  expect(one).not.toEqual(other)
  expect(one[0]).toBe(1)
})

test.each([
  { ...place, teamId: 'two' },
  { ...place, row: 'docker.io' },
  { ...place, table: 'Configuration' },
  { ...place, table: 'RegistryCredentialghcr.io', row: '' },
])('it is not opened at another place: %o', (other) => {
  const sealed = sealing.seal('pass word', place)
  expect(() => sealing.unseal(sealed, other)).toThrow(unreadable)
})

test('no byte of it can be changed, and none left out', () => {
  const sealed = sealing.seal('pass word', place)
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = sealed.slice()
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(() => sealing.unseal(changed, place)).toThrow(unreadable)
    expect(() => sealing.unseal(sealed.slice(0, index), place)).toThrow(unreadable)
  }
})

test('another key opens nothing, and the error says nothing of the value', () => {
  const sealed = sealing.seal('pass word', place)
  expect(() => openSealing('another').unseal(sealed, place)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('pass word') }),
  )
})

test('while the key is turned, both keys open, and the newest seals', () => {
  let keys = ['former']
  const turning = openSealing(() => keys)
  const before = turning.seal('pass word', place)
  keys = ['newest', 'former']
  const after = turning.seal('pass word', place)
  expect(turning.unseal(before, place)).toBe('pass word')
  expect(openSealing('newest').unseal(after, place)).toBe('pass word')
})

test('what a former key sealed is sealed anew, and what the newest sealed is left alone', () => {
  const turning = openSealing(() => ['newest', 'former'])
  const anew = turning.reseal(openSealing('former').seal('pass word', place), place)
  expect(openSealing('newest').unseal(anew ?? new Uint8Array(), place)).toBe('pass word')
  expect(turning.reseal(anew ?? new Uint8Array(), place)).toBeNull()
  expect(() => turning.reseal(openSealing('lost').seal('x', place), place)).toThrow(unreadable)
})

test('without a key nothing is sealed', () => {
  expect(() => openSealing('').seal('pass word', place)).toThrow(
    expect.objectContaining({ code: 'SECRET.NO_KEY' }),
  )
})
