import { BerthError, type ErrorRecord, isBerthError, toErrorRecord } from '@berth/domain'
import { TRPCError, type TRPCErrorShape } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { ZodError, z } from 'zod'
import { apiError } from './errors.ts'

/**
 * The door's one translation of errors. An expected failure keeps its code, message, hint and fault; a bug becomes
 * BERTH.UNEXPECTED, and nothing of its text leaves the process.
 */
type StatusCode = TRPCError['code']

const statusOfCode: Record<string, StatusCode> = {
  'API.SIGNED_OUT': 'UNAUTHORIZED',
  'API.NOT_ALLOWED': 'FORBIDDEN',
  'API.OTHER_ORIGIN': 'FORBIDDEN',
  'INVITATION.OTHER_ADDRESS': 'FORBIDDEN',
  'MEMBER.ALREADY': 'CONFLICT',
  'MEMBER.LAST_OWNER': 'CONFLICT',
  'MEMBER.ROLE_TOO_HIGH': 'FORBIDDEN',
  'TEAM.SECOND_FACTOR': 'FORBIDDEN',
  'TEAM.SIGN_ON': 'FORBIDDEN',
  'TOKEN.SCOPE': 'FORBIDDEN',
  'APP.NAME_TAKEN': 'CONFLICT',
  'KEY.TAKEN': 'CONFLICT',
  'PORT.TAKEN': 'CONFLICT',
  'PEOPLE.FORBIDDEN': 'FORBIDDEN',
  'PEOPLE.TOO_MANY_ATTEMPTS': 'TOO_MANY_REQUESTS',
}

/** What a client finds in `error.data` besides `code` and `httpStatus`: the error's record. */
export type FailureData = { failure: ErrorRecord }

export function statusOf(error: BerthError): StatusCode {
  const known = statusOfCode[error.code]
  if (known) return known
  if (error.code.endsWith('.NOT_FOUND')) return 'NOT_FOUND'
  if (error.fault === 'user') return 'BAD_REQUEST'
  return error.retryable ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR'
}

/** Anything thrown, as the TRPCError that carries the right status. */
export function toTrpcError(thrown: unknown): TRPCError {
  const error = toBerthError(thrown)
  if (error) return new TRPCError({ code: statusOf(error), message: error.message, cause: error })
  return new TRPCError({
    code: 'INTERNAL_SERVER_ERROR',
    message: toErrorRecord(thrown).message,
    cause: thrown,
  })
}

/** The expected failure inside, if it is one. */
export function toBerthError(thrown: unknown): BerthError | null {
  if (thrown instanceof BerthError) return thrown
  if (thrown instanceof ZodError) return apiError['API.BAD_INPUT']({ problem: problemOf(thrown) })
  if (!(thrown instanceof TRPCError)) return null
  if (thrown.cause instanceof BerthError || thrown.cause instanceof ZodError)
    return toBerthError(thrown.cause)
  if (thrown.code === 'NOT_FOUND') return apiError['API.NO_SUCH_PROCEDURE']()
  if (
    thrown.code === 'PARSE_ERROR' ||
    thrown.code === 'BAD_REQUEST' ||
    thrown.code === 'METHOD_NOT_SUPPORTED'
  )
    return apiError['API.BAD_INPUT']({ problem: 'the request is malformed' })
  return null
}

/** The errorFormatter: also for errors of subscriptions, which no middleware sees. */
export function formatError({ shape, error }: { shape: TRPCErrorShape; error: TRPCError }) {
  const known = toBerthError(error)
  const failure = toErrorRecord(known ?? error)
  const status = known ? statusOf(known) : 'INTERNAL_SERVER_ERROR'
  const httpStatus = httpStatusOf(status)
  // A client opens a subscription again and again while this number says that the failure is ours.
  const code = known ? TRPC_ERROR_CODES_BY_KEY[status] : shape.code
  return { code, message: failure.message, data: { code: status, httpStatus, failure } }
}

/** The failure that an answer of this API carries, for clients; undefined where it carries none. */
export function failureOf(error: unknown): ErrorRecord | undefined {
  const data = (error as { data?: { failure?: unknown } } | null)?.data?.failure
  const parsed = failureShape.safeParse(data)
  return parsed.success ? parsed.data : undefined
}

const failureShape = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  fault: z.enum(['user', 'system']),
  retryable: z.boolean(),
})

const httpStatuses: Partial<Record<StatusCode, number>> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_MANY_REQUESTS: 429,
  BAD_REQUEST: 400,
  SERVICE_UNAVAILABLE: 503,
}

function httpStatusOf(status: StatusCode): number {
  return httpStatuses[status] ?? 500
}

function problemOf(error: ZodError): string {
  const [issue] = error.issues
  if (!issue) return 'the input is not valid'
  const path = issue.path.join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}

/** Should this be written to the process's own log? Expected failures of users should not. */
export function isBug(error: unknown): boolean {
  const known = toBerthError(error)
  return known === null || (isBerthError(known) && known.fault === 'system' && !known.retryable)
}
