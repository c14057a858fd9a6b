import { expect, test } from 'vitest'
import { openMask } from './mask.ts'

test('values of the configuration are masked wherever they stand', () => {
  const mask = openMask({ DATABASE_URL: 'postgres://u:secret-word@db', PASSWORD: 'secret-word' })
  expect(mask('no postgres://u:secret-word@db, nor secret-word')).toBe('no [secret], nor [secret]')
})

test('values that are too common to be secrets stay', () => {
  expect(openMask({ PORT: '80', DEBUG: 'true' })('true on port 80')).toBe('true on port 80')
})
