import { expect, test } from 'vitest'
import { sizeOption, volumeLimits } from './volume-limits.ts'

test.each([
  [{}, {}],
  [{ size: '10g' }, { bytes: 10 * 1024 ** 3 }],
  [
    { size: 'none', files: '5000' },
    { bytes: null, files: 5000 },
  ],
  [{ files: 'none' }, { files: null }],
])('%j', (flags, limits) => {
  expect(volumeLimits(flags)).toEqual(limits)
})

test('Docker’s way to give a size is understood', () => {
  expect(sizeOption(['size=1m'])).toEqual({ size: '1m' })
  expect(sizeOption([])).toEqual({})
})

test.each([
  () => volumeLimits({ size: 'much' }),
  () => volumeLimits({ files: '-1' }),
  () => volumeLimits({ files: '1.5' }),
  () => sizeOption(['type=nfs']),
])('what is no limit is refused: %s', (parse) => {
  expect(parse).toThrow(expect.objectContaining({ code: 'CLI.BAD_INPUT' }))
})
