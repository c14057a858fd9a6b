import { setImmediate as nextTurn } from 'node:timers/promises'
import { endOfTar } from './encode-header.ts'

const pieceBytes = 1024 * 1024

/**
 * A tar's blocks in pieces of about 1 MiB, with its end behind them. The blocks are made as they are asked for, without
 * waiting; between two pieces everything else has its turn.
 */
export async function* tarPieces(blocks: Iterable<Buffer>, signal?: AbortSignal): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let bytes = 0
  for (const block of blocks) {
    pieces.push(block)
    bytes += block.length
    if (bytes < pieceBytes) continue
    yield Buffer.concat(pieces)
    pieces = []
    bytes = 0
    signal?.throwIfAborted()
    await nextTurn()
  }
  yield Buffer.concat([...pieces, endOfTar])
}
