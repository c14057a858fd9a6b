import { BerthError } from '@berth/domain'
import { imageError } from '@berth/engine'
import { expect, test } from 'vitest'
import { withoutPlace } from './without-place.ts'

test('an image that is not there is told without a line of a Dockerfile that nobody wrote', () => {
  const cause = imageError['IMAGE.NOT_FOUND']({ reference: 'acme/site:1' })
  const { code, hint, fault, retryable } = cause
  const message = `Dockerfile:1: ${cause.message}\n\n> 1 | FROM acme/site:1`
  const placed = new BerthError({ code, message, hint, fault, retryable }, { cause })
  expect(withoutPlace(placed)).toBe(cause)
  expect(withoutPlace(cause)).toBe(cause)
  const other = new Error('x', { cause })
  expect(withoutPlace(other)).toBe(other)
})
