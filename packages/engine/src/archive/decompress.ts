import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { type CommandRunner, command } from '@berth/command'
import { archiveError } from './errors.ts'

export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2'

const chunkBytes = 256 * 1024
const decompressMemory = '--memlimit-decompress=512MiB'

/**
 * A file's bytes, unpacked by what its first bytes say. The stream has no end of its own: whoever reads it bounds it.
 * Breaking off the loop lets go of the file and ends the program.
 *
 * @throws ARCHIVE.INVALID where the compressed bytes are damaged
 */
export async function* decompressed(
  commands: CommandRunner,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const compression = await compressionOf(path)
  const file = () => createReadStream(path, { highWaterMark: chunkBytes, signal })
  if (compression === 'none') yield* readAll(file())
  else if (compression === 'gzip') yield* through(file(), createGunzip({ chunkSize: chunkBytes }))
  else if (compression === 'zstd') yield* through(file(), createZstdDecompress({ chunkSize: chunkBytes }))
  else yield* throughProgram(commands, path, compression, signal)
}

/** What begins as a compressed archive does. Sources: RFC 1952, RFC 8878, the xz and bzip2 formats. */
export function compressionOfBytes(start: Buffer): Compression {
  const hex = start.subarray(0, 6).toString('hex')
  if (hex.startsWith('1f8b')) return 'gzip'
  if (hex.startsWith('28b52ffd')) return 'zstd'
  if (hex.startsWith('fd377a585a00')) return 'xz'
  return /^425a683[1-9]/.test(hex) ? 'bzip2' : 'none'
}

export async function compressionOf(path: string): Promise<Compression> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(6), 0, 6, 0)
    return compressionOfBytes(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

async function* through(file: Readable, unpack: Transform): AsyncGenerator<Uint8Array> {
  // The error reaches the reader of `unpack`, which pipeline destroys with it.
  pipeline(file, unpack, () => undefined)
  yield* readAll(unpack)
}

async function* throughProgram(
  commands: CommandRunner,
  path: string,
  compression: 'xz' | 'bzip2',
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const file = await open(path, 'r')
  try {
    const words = compression === 'xz' ? command('xz', '-dc', decompressMemory) : command('bzip2', '-dc')
    const program = commands.start(words, { signal: either, stdio: [file.fd, 'pipe', 'ignore'] })
    yield* program.stdout as AsyncIterable<Uint8Array>
    const { status } = await program.exited
    signal?.throwIfAborted()
    if (status !== 0) throw archiveError['ARCHIVE.INVALID']({ reason: `${compression} cannot unpack it` })
  } finally {
    stop.abort()
    await file.close()
  }
}

async function* readAll(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (!/^(Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD|ERR_STREAM_PREMATURE_CLOSE)/.test(code)) throw error
    throw archiveError['ARCHIVE.INVALID'](
      { reason: `its compressed data is damaged (${code})` },
      { cause: error },
    )
  }
}
