import { expect, test } from 'vitest'
import { auditText } from './audit-text.ts'

test('what was told without a secret is kept as it was', () => {
  const told = {
    role: 'admin',
    names: ['A', 'B'],
    since: new Date(0),
    nothing: null,
    left: undefined,
    count: 3,
  }
  expect(auditText(told)).toEqual({
    ...{ role: 'admin', names: ['A', 'B'], since: '1970-01-01T00:00:00.000Z' },
    ...{ nothing: null, count: 3 },
  })
})

test.each(['password', 'clientSecret', 'api_token', 'privateKey', 'recoveryCode', 'Authorization'])(
  'a value that is called %s does not pass, however deep it lies',
  (name) => {
    expect(JSON.stringify(auditText({ of: [{ [name]: 'hunter2' }] }))).not.toContain('hunter2')
  },
)

test('a secret of its own type prints as none', () => {
  class Secret {
    readonly value = 'hunter2'
  }
  expect(auditText({ one: new Secret() })).toEqual({ one: '[secret]' })
})

test('nothing told is null', () => {
  expect(auditText(undefined)).toBeNull()
})

test('it does not grow beyond its limits', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 'end' : { in: deep(levels - 1) })
  expect(JSON.stringify(auditText(deep(50)))).not.toContain('end')
  expect(JSON.stringify(auditText('x'.repeat(1_000_000))).length).toBeLessThan(600)
  const wide = Array.from({ length: 1_000 }, () => ({ text: 'x'.repeat(400) }))
  expect(JSON.stringify(auditText(wide)).length).toBeLessThan(17_000)
})
