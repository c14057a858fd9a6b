import type { IncomingMessage } from 'node:http'
import { registryError } from './errors.ts'
import type { RegistryLimits } from './registry-settings.ts'
import { TooSlow, unreachable } from './send-request.ts'

/** The whole of a small answer. @throws REGISTRY.TOO_LARGE, REGISTRY.UNREACHABLE where it breaks off or takes too long */
export async function readBody(
  response: IncomingMessage,
  options: { what: string; host: string; limitBytes: number; limits: RegistryLimits },
): Promise<Buffer> {
  const { what, host, limitBytes, limits } = options
  const over = setTimeout(() => response.destroy(new TooSlow('it is too slow')), limits.smallAnswerMs)
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes > limitBytes) throw registryError['REGISTRY.TOO_LARGE']({ what, limitBytes })
      pieces.push(piece)
    }
  } catch (error) {
    response.destroy()
    throw isNetworkError(error) ? unreachable(host, error) : error
  } finally {
    clearTimeout(over)
  }
  return Buffer.concat(pieces)
}

/** Lets an answer go whose body says nothing: read to its end if that is near, so that the connection serves again. */
export function discard(response: IncomingMessage): void {
  let bytes = 0
  response.on('error', () => undefined)
  response.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > worthReadingBytes) response.destroy()
  })
}

const worthReadingBytes = 64 * 1024

/** What Node throws where an answer breaks off; not what a disk throws. */
export function isNetworkError(error: unknown): boolean {
  return networkCodes.has((error as NodeJS.ErrnoException).code ?? '')
}

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_CHUNK_SIZE',
  'HPE_INVALID_CONSTANT',
  'HPE_INVALID_EOF_STATE',
])

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
