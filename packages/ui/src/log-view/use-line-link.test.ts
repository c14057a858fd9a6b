import { expect, test } from 'vitest'
import { addressOf, lineInAddress } from './use-line-link.ts'

test.each([
  ['', '', null],
  ['#L12', '', 12],
  ['', '?line=7', 7],
  ['#L12', '?line=7', 12],
  ['#L0', '', null],
  ['#L1x', '?line=-3', null],
])('the address with %s and %s names line %s', (hash, search, line) =>
  expect(lineInAddress({ hash, search })).toBe(line),
)

test('an address names one line, and keeps the rest', () => {
  const here = { pathname: '/apps/shop', search: '?step=3&line=7' }
  expect(addressOf(here, 12)).toBe('/apps/shop?step=3#L12')
  expect(addressOf({ ...here, search: '?line=7' }, null)).toBe('/apps/shop')
})
