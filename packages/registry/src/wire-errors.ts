import type { ServerResponse } from 'node:http'
import { toErrorRecord } from '@berth/domain'
import type { registryError } from './errors.ts'

/** Our code → the HTTP status, and the code that clients know. Source: OCI distribution-spec 1.1, "Error Codes". */
export const wireErrors: Readonly<Record<keyof typeof registryError, WireError>> = {
  'REGISTRY.NAME_INVALID': [400, 'NAME_INVALID'],
  'REGISTRY.NAME_UNKNOWN': [404, 'NAME_UNKNOWN'],
  'REGISTRY.DENIED': [403, 'DENIED'],
  'REGISTRY.TAG_RESERVED': [403, 'DENIED'],
  'REGISTRY.DIGEST_INVALID': [400, 'DIGEST_INVALID'],
  'REGISTRY.TAG_INVALID': [400, 'MANIFEST_INVALID'],
  'REGISTRY.BLOB_UNKNOWN': [404, 'BLOB_UNKNOWN'],
  'REGISTRY.BLOB_TOO_LARGE': [413, 'SIZE_INVALID'],
  'REGISTRY.DIGEST_MISMATCH': [400, 'DIGEST_INVALID'],
  'REGISTRY.UPLOAD_UNKNOWN': [404, 'BLOB_UPLOAD_UNKNOWN'],
  'REGISTRY.RANGE_INVALID': [416, 'BLOB_UPLOAD_INVALID'],
  'REGISTRY.TOO_MANY_UPLOADS': [429, 'TOOMANYREQUESTS'],
  'REGISTRY.MANIFEST_UNKNOWN': [404, 'MANIFEST_UNKNOWN'],
  'REGISTRY.MANIFEST_INVALID': [400, 'MANIFEST_INVALID'],
  'REGISTRY.MANIFEST_BLOB_UNKNOWN': [400, 'MANIFEST_BLOB_UNKNOWN'],
  'REGISTRY.RELEASE_UNAVAILABLE': [503, 'UNKNOWN'],
  'REGISTRY.UNSUPPORTED': [405, 'UNSUPPORTED'],
}

export type WireError = readonly [status: number, code: string]

/** What is left of the request's body is not read: the connection ends. */
export function answerError(response: ServerResponse, error: unknown): void {
  const { code, message, hint, fault } = toErrorRecord(error)
  const [status, wireCode] = wireOf(code) ?? [fault === 'user' ? 400 : 503, 'UNKNOWN']
  if (response.headersSent) return void response.destroy()
  const body = JSON.stringify({ errors: [{ code: wireCode, message: `${message} ${hint}` }] })
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** Undefined: an error of another stage's. */
function wireOf(code: string): WireError | undefined {
  return Object.hasOwn(wireErrors, code) ? wireErrors[code as keyof typeof wireErrors] : undefined
}
