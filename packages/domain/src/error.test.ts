import { describe, expect, test } from 'vitest'
import {
  BerthError,
  errorTable,
  fromErrorRecord,
  isBerthError,
  toErrorRecord,
  unexpectedRecord,
} from './error.ts'

const shipError = errorTable({
  'SHIP.SUNK': {
    message: (details: { name: string }) => `${details.name} sank.`,
    hint: (details: { name: string }) => `Raise ${details.name}.`,
    fault: 'user',
    retryable: false,
  },
  'SHIP.LATE': { message: () => 'Late.', hint: () => 'Wait.', fault: 'system', retryable: true },
})

describe('an error table', () => {
  test('makes one function per code, which fills the row in', () => {
    const cause = new Error('iceberg')
    const error = shipError['SHIP.SUNK']({ name: 'Titanic' }, { cause })
    expect(error).toBeInstanceOf(BerthError)
    expect(error).toMatchObject({
      code: 'SHIP.SUNK',
      message: 'Titanic sank.',
      hint: 'Raise Titanic.',
      fault: 'user',
      retryable: false,
      cause,
    })
  })

  test('makes an error without details where its row has none', () => {
    expect(shipError['SHIP.LATE']()).toMatchObject({ code: 'SHIP.LATE', retryable: true })
  })
})

describe('an error record', () => {
  test('brings an expected error to another process and back', () => {
    const error = shipError['SHIP.SUNK']({ name: 'Vasa' })
    const record = JSON.parse(JSON.stringify(toErrorRecord(error)))
    expect(fromErrorRecord(record)).toMatchObject({ ...record, message: 'Vasa sank.' })
    expect(Object.keys(record).sort()).toEqual(['code', 'fault', 'hint', 'message', 'retryable'])
  })

  test.each([new Error('password=hunter2'), 'a thrown text', null, { code: 'SHIP.SUNK' }])(
    'of anything unexpected tells nothing of it (%#)',
    (thrown) => {
      expect(toErrorRecord(thrown)).toEqual(unexpectedRecord)
    },
  )
})

test('callers ask for codes, never for texts', () => {
  const error: unknown = shipError['SHIP.LATE']()
  expect(isBerthError(error)).toBe(true)
  expect(isBerthError(error, 'SHIP.SUNK', 'SHIP.LATE')).toBe(true)
  expect(isBerthError(error, 'SHIP.SUNK')).toBe(false)
  expect(isBerthError(new Error('SHIP.LATE'), 'SHIP.LATE')).toBe(false)
})
