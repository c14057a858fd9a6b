import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { registryError } from './errors.ts'
import { answerError, wireErrors } from './wire-errors.ts'

/** Source: OCI distribution-spec 1.1, "Error Codes"; UNKNOWN: Docker's registry, errcode. */
const known = [
  ...[
    'BLOB_UNKNOWN',
    'BLOB_UPLOAD_INVALID',
    'BLOB_UPLOAD_UNKNOWN',
    'DIGEST_INVALID',
    'MANIFEST_BLOB_UNKNOWN',
  ],
  ...['MANIFEST_INVALID', 'MANIFEST_UNKNOWN', 'NAME_INVALID', 'NAME_UNKNOWN', 'SIZE_INVALID', 'UNAUTHORIZED'],
  ...['DENIED', 'UNSUPPORTED', 'TOOMANYREQUESTS', 'UNKNOWN'],
]

test('every error of the registry has a status and a code that clients know', () => {
  expect(Object.keys(wireErrors).toSorted()).toEqual(Object.keys(registryError).toSorted())
  for (const [status, code] of Object.values(wireErrors)) {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(known).toContain(code)
  }
})

test.each(Object.entries(registryError))(
  '%s is answered so, with its message and its hint',
  async (code, make) => {
    // Each message takes what it needs of these.
    const details = {
      ...{ name: 'n', repository: 'r', action: 'push', digest: 'd', tag: 't', reference: 'f' },
    }
    const rest = {
      ...details,
      mostBytes: 1,
      atBytes: 2,
      most: 3,
      problem: 'p',
      what: 'w',
      release: 'v1',
      reason: 'because',
    }
    const error = make(rest as never)
    const answer = await answered(error)
    const [status, wireCode] = wireErrors[code as keyof typeof wireErrors]
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({
      errors: [{ code: wireCode, message: `${error.message} ${error.hint}` }],
    })
  },
)

test('an error that is no one’s says nothing of itself', async () => {
  const answer = await answered(new Error('password=secret'))
  expect([answer.status, await answer.text()]).toEqual([503, expect.not.stringContaining('secret')])
})

async function answered(error: unknown): Promise<Response> {
  const server = createServer((_request, response) => answerError(response, error))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return new Response(await answer.text(), { status: answer.status })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}
