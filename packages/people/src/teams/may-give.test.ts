import { expect, test } from 'vitest'
import { roles } from '../may.ts'
import { mayGive } from './may-give.ts'

test('an owner may give and take every role', () => {
  for (const from of [...roles, null])
    for (const to of [...roles, null]) expect(mayGive('owner', { from, to })).toBe(true)
})

test('an admin makes nobody an owner, and touches none', () => {
  for (const role of [...roles, null]) {
    expect(mayGive('admin', { from: role, to: 'owner' })).toBe(false)
    expect(mayGive('admin', { from: 'owner', to: role })).toBe(false)
  }
  expect(mayGive('admin', { from: 'viewer', to: 'admin' })).toBe(true)
  expect(mayGive('admin', { from: 'admin', to: null })).toBe(true)
})

test('a developer or viewer gives nothing', () => {
  for (const giver of ['developer', 'viewer'] as const)
    expect(mayGive(giver, { from: null, to: 'viewer' })).toBe(false)
})
