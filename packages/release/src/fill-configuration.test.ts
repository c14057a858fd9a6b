import { noConfiguration } from '@berth/domain'
import { expect, test } from 'vitest'
import { assertComplete, fillConfiguration } from './fill-configuration.ts'
import { parseAppJson } from './parse-app-json.ts'

const appJson = parseAppJson(`{"env": {
  "GREETING": "hello",
  "KEY": { "generator": "secret" },
  "OPTIONAL": { "required": false },
  "DATABASE_URL": { "description": "where the records are" },
  "MAIL_URL": {}
}}`)

test('what nobody has set is filled, and what somebody has set stays', () => {
  const now = { variables: { GREETING: 'good day' }, secretFiles: { 'key.pem': 'a2V5' } }
  expect(fillConfiguration(now, appJson, () => 'generated')).toEqual({
    variables: { GREETING: 'good day', KEY: 'generated' },
    secretFiles: { 'key.pem': 'a2V5' },
  })
})

test('what is filled once is not filled again', () => {
  const once = fillConfiguration(noConfiguration, appJson, () => 'first')
  expect(fillConfiguration(once, appJson, () => 'second')).toEqual(once)
})

test('what is required and comes from nowhere is named, with the command that sets it', () => {
  expect(() => assertComplete(noConfiguration, appJson, 'shop')).toThrow(
    expect.objectContaining({
      code: 'CONFIGURATION.MISSING',
      message: 'app.json requires what nobody has set: DATABASE_URL, MAIL_URL.',
      hint: 'Set it, then push again: berth config set DATABASE_URL=… MAIL_URL=… --app shop',
    }),
  )
  const set = { variables: { DATABASE_URL: '', MAIL_URL: 'x' }, secretFiles: {} }
  assertComplete(set, appJson, 'shop')
})
