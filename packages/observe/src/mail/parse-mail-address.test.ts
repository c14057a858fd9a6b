import { expect, test } from 'vitest'
import { parseMailAddress } from './parse-mail-address.ts'

test.each(['ops@example.com', ' ops@example.com ', 'first.last+tag@mail.example.co', 'root@localhost'])(
  'taken: %j',
  (given) => {
    expect(parseMailAddress(given)).toBe(given.trim())
  },
)

test.each([
  '',
  'ops',
  '@example.com',
  'ops@',
  'ops@example..com',
  'ops@example.com.',
  'ops@-example.com',
  'ops@example.com, other@example.com',
  'Ops <ops@example.com>',
  'ops@example.com\r\nBcc: other@example.com',
  'ops@example.com\r\nDATA',
  '"ops ops"@example.com',
  `${'o'.repeat(65)}@example.com`,
  `ops@${'e'.repeat(64)}.com`,
  `ops@${'example.'.repeat(40)}com`,
])('refused: %j', (given) => {
  expect(() => parseMailAddress(given)).toThrow(expect.objectContaining({ code: 'MAIL.ADDRESS_INVALID' }))
})

test('an endless one is refused at once', () => {
  const before = Date.now()
  expect(() => parseMailAddress(`ops@${'a.'.repeat(100_000)}`)).toThrow()
  expect(Date.now() - before).toBeLessThan(1_000)
})
