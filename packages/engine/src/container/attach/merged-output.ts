import type { Readable } from 'node:stream'
import type { Attachment } from '../../engine.ts'

type Output = Attachment['output'] extends AsyncIterable<infer Piece> ? Piece : never
type Named = readonly (readonly [Output['stream'], Readable])[]

/**
 * Several streams as one, each piece with its name, read no faster than it is asked for: whoever prints waits. Ends when
 * all have ended; a stream that breaks has ended.
 */
export async function* mergedOutput(streams: Named): AsyncGenerator<Output> {
  let change = Promise.withResolvers<void>()
  const noticed = () => change.resolve()
  for (const [, stream] of streams) {
    for (const event of ['readable', 'end', 'error', 'close']) stream.on(event, noticed)
  }
  for (;;) {
    const pieces = streams.flatMap(([name, readable]) => {
      const bytes = readable.read() as Buffer | null
      return bytes === null ? [] : [{ stream: name, bytes }]
    })
    yield* pieces
    if (pieces.length > 0) continue
    if (streams.every(([, stream]) => stream.readableEnded || stream.destroyed)) return
    await change.promise
    change = Promise.withResolvers<void>()
  }
}
