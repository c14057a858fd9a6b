import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import { expect, test } from 'vitest'
import { saysNoSpace } from './is-disk-full.ts'

/** As Node throws it, whose name for a number may be that there is none. */
const thrown = (number: number) =>
  Object.assign(new Error(), { errno: -number, code: getSystemErrorName(-number) })

test.each(['ENOSPC', 'EDQUOT'] as const)('%s of Node’s own calls is a full disk', (name) => {
  expect(saysNoSpace(thrown(constants.errno[name]))).toBe(true)
})

test('one of our own system calls is too, and nothing else', () => {
  expect(saysNoSpace(Object.assign(new Error(), { code: 'EDQUOT' }))).toBe(true)
  expect(saysNoSpace(thrown(constants.errno.EIO))).toBe(false)
  expect(saysNoSpace(new Error())).toBe(false)
})
