import { formatError, toBerthError, toTrpcError } from '@berth/api'

/** A failure as the API shapes it, for the few doors beside it. */
export function refusal(thrown: unknown): Response {
  if (toBerthError(thrown) === null) console.error('unexpected:', thrown)
  const error = toTrpcError(thrown)
  const shape = formatError({ error, shape: { code: -32_600, message: '', data: {} } })
  return Response.json(
    { error: shape },
    { status: shape.data.httpStatus, headers: { 'cache-control': 'no-store' } },
  )
}
