import { BerthError } from '@berth/domain'
import { TRPCError } from '@trpc/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { apiError } from './errors.ts'
import { failureOf, formatError, toTrpcError } from './translate-errors.ts'

const format = (thrown: unknown) =>
  formatError({ error: toTrpcError(thrown), shape: { code: -32_603, message: 'secret text', data: {} } })

test('an expected failure keeps its code, message, hint and fault', () => {
  const formatted = format(apiError['APP.NOT_FOUND']({ name: 'shop' }))
  expect(formatted.message).toBe('There is no app "shop".')
  expect(formatted.code).toBe(-32_004)
  expect(formatted.data).toMatchObject({
    code: 'NOT_FOUND',
    httpStatus: 404,
    failure: { code: 'APP.NOT_FOUND', fault: 'user' },
  })
})

test('nothing of an unexpected error gets out', () => {
  const formatted = format(new Error('connect to postgres://berth:hunter2@db failed'))
  expect(JSON.stringify(formatted)).not.toContain('hunter2')
  expect(formatted.data).toMatchObject({ httpStatus: 500, failure: { code: 'BERTH.UNEXPECTED' } })
})

test('a platform that is away for a moment is 503, a broken one 500', () => {
  const record = { code: 'X.Y', message: 'm', hint: 'h', fault: 'system' } as const
  expect(format(new BerthError({ ...record, retryable: true })).data.httpStatus).toBe(503)
  expect(format(new BerthError({ ...record, retryable: false })).data.httpStatus).toBe(500)
})

test('bad input names the field', () => {
  const cause = z.object({ name: z.string() }).safeParse({ name: 1 }).error
  const formatted = format(new TRPCError({ code: 'BAD_REQUEST', cause }))
  expect(formatted.data.failure.message).toMatch(/name:/)
  expect(formatted.data.httpStatus).toBe(400)
})

test('a client reads the failure back, and is not fooled by another shape', () => {
  expect(failureOf({ data: format(apiError['API.SIGNED_OUT']()).data })?.code).toBe('API.SIGNED_OUT')
  expect(failureOf({ data: { failure: 'x' } })).toBeUndefined()
  expect(failureOf(new Error('x'))).toBeUndefined()
})

test('a procedure that is not there may be of another version', () => {
  const formatted = format(new TRPCError({ code: 'NOT_FOUND' }))
  expect(formatted.data).toMatchObject({ failure: { code: 'API.NO_SUCH_PROCEDURE' } })
})
