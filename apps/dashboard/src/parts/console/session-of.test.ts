import { expect, test } from 'vitest'
import { asCommand, isPlace, sessionOf } from './session-of.ts'

const terminal = { columns: 80, rows: 24 }

test('an instance is joined by a further process; without a command, by its shell', () => {
  expect(sessionOf('web.1', '', terminal)).toMatchObject({ what: 'exec', instance: 'web.1', command: [] })
  expect(sessionOf('web.1', ' ls -l ', terminal)).toMatchObject({ what: 'exec', command: ['ls -l'] })
})

test('beside the instances a command runs in one of its own; without a command, the console', () => {
  expect(sessionOf('run', '', terminal)).toMatchObject({ what: 'console', instance: null, command: [] })
  expect(sessionOf('run', 'bin/import', terminal)).toMatchObject({ what: 'run', command: ['bin/import'] })
})

test('the command line says the same', () => {
  expect(asCommand('shop', null, '')).toBe('berth console --app shop')
  expect(asCommand('shop', 'run', 'bin/import')).toBe('berth run --app shop -- bin/import')
  expect(asCommand('shop', 'web.1', '')).toBe('berth exec web.1 --app shop')
  expect(asCommand('shop', 'web.1', 'ls -l')).toBe('berth exec web.1 --app shop -- ls -l')
})

test('an address names a place, or nothing', () => {
  expect(['run', 'web.1', 'a-worker.12'].every(isPlace)).toBe(true)
  expect(['', 'web', 'web.0', 'web.1; rm', '../x.1'].some(isPlace)).toBe(false)
})
