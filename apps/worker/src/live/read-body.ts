import type { IncomingMessage } from 'node:http'
import { liveError } from '@berth/observe'
import type { z } from 'zod'

const maxBodyBytes = 256 * 1024

/** The JSON that came with a request to the live socket. @throws LIVE.UNREADABLE */
export async function readBody<Value>(request: IncomingMessage, shape: z.ZodType<Value>): Promise<Value> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw liveError['LIVE.UNREADABLE']({ what: 'it is too long' })
    chunks.push(chunk)
  }
  const parsed = shape.safeParse(json(Buffer.concat(chunks).toString()))
  if (parsed.success) return parsed.data
  throw liveError['LIVE.UNREADABLE']({ what: 'its shape is another' }, { cause: parsed.error })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw liveError['LIVE.UNREADABLE']({ what: 'it is not JSON' }, { cause: error })
  }
}
