import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { isBerthError } from '@berth/domain'
import { orNoSpace } from '../archive/no-space.ts'
import { reached } from '../system/failure-points.ts'
import { registryError } from './errors.ts'
import { isNetworkError } from './read-body.ts'
import type { RegistryClient } from './registry-client.ts'
import { TooSlow, unreachable } from './send-request.ts'

/**
 * A blob, into a file that outlives this process: what broke off goes on where it was. The file is believed only when
 * all of it has the blob's digest, so what a crash left in it cannot do harm; and it never grows beyond the blob's size.
 *
 * @throws REGISTRY.DIGEST_MISMATCH, REGISTRY.TOO_LARGE, REGISTRY.UNREACHABLE …, ARCHIVE.NO_SPACE
 */
export type Download = {
  digest: string
  size: number
  path: string
  onBytes: (doneBytes: number) => void
  signal?: AbortSignal
}

export async function downloadBlob(client: RegistryClient, download: Download): Promise<void> {
  const file = await open(download.path, 'a+', 0o600)
  try {
    const resumed = await fill(client, file, download)
    if (resumed === 'whole') return
    // What stood in the file was not a beginning of this blob: once more, from nothing.
    await file.truncate(0)
    if (resumed === 'resumed' && (await fill(client, file, download)) === 'whole') return
    await file.truncate(0)
    throw registryError['REGISTRY.DIGEST_MISMATCH']({ what: download.digest })
  } catch (error) {
    const told = orNoSpace(error)
    // Its space is given back: the next pull begins anew.
    if (told !== error) await file.truncate(0).catch(() => undefined)
    throw told
  } finally {
    await file.close()
  }
}

type Progress = { file: FileHandle; hash: Hash; doneBytes: number }

/** `resumed`, `fresh`: not what the digest says, and whether an earlier part may be to blame. */
async function fill(
  client: RegistryClient,
  file: FileHandle,
  download: Download,
): Promise<'whole' | 'resumed' | 'fresh'> {
  const progress = await readPart(file, download)
  const resumed = progress.doneBytes > 0
  let attemptsLeft = client.limits.attempts
  let pauseMs = client.limits.firstPauseMs
  while (progress.doneBytes < download.size) {
    const before = progress.doneBytes
    const failure = await transfer(client, progress, download).then(
      () => null,
      (error: unknown) => error,
    )
    if (failure === null && progress.doneBytes >= download.size) break
    download.signal?.throwIfAborted()
    if (failure !== null && !isBerthError(failure, 'REGISTRY.UNREACHABLE')) throw failure
    attemptsLeft = progress.doneBytes > before + worthwhileBytes ? client.limits.attempts : attemptsLeft - 1
    if (attemptsLeft <= 0)
      throw failure ?? unreachable(client.endpoint.host, new TooSlow('it always breaks off'))
    await client.pause(pauseMs)
    pauseMs = Math.min(pauseMs * 2, client.limits.longestPauseMs)
  }
  if (`sha256:${progress.hash.digest('hex')}` === download.digest) return 'whole'
  return resumed ? 'resumed' : 'fresh'
}

/** A registry that sends less than this and breaks off, again and again, is given up. */
const worthwhileBytes = 256 * 1024

/** What is there of it, read once more: nobody vouches for it. */
async function readPart(file: FileHandle, download: Download): Promise<Progress> {
  const hash = createHash('sha256')
  const { size } = await file.stat()
  if (size > download.size) await file.truncate(0)
  if (size === 0 || size > download.size) return { file, hash, doneBytes: 0 }
  let doneBytes = 0
  const room = Buffer.alloc(1024 * 1024)
  for (;;) {
    const { bytesRead } = await file.read(room, 0, room.length, doneBytes)
    if (bytesRead === 0) break
    hash.update(room.subarray(0, bytesRead))
    doneBytes += bytesRead
    download.signal?.throwIfAborted()
  }
  download.onBytes(doneBytes)
  return { file, hash, doneBytes }
}

/** One answer, as far as it goes. */
async function transfer(client: RegistryClient, progress: Progress, download: Download): Promise<void> {
  const { digest } = download
  const range: Record<string, string> =
    progress.doneBytes > 0 ? { range: `bytes=${progress.doneBytes}-` } : {}
  const response = await client.request({
    method: 'GET',
    url: client.url(`blobs/${digest}`),
    headers: { ...range, 'accept-encoding': 'identity' },
    expect: [200, 206, 416],
    what: digest,
  })
  if (response.statusCode !== 206 || !continuesAt(response, progress.doneBytes)) await startOver(progress)
  if (response.statusCode === 416) {
    response.destroy()
    return
  }
  checkLength(client, response, progress, download)
  await append(client, response, progress, download)
}

function continuesAt(response: IncomingMessage, bytes: number): boolean {
  return /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1] === String(bytes)
}

async function startOver(progress: Progress): Promise<void> {
  await progress.file.truncate(0)
  progress.hash = createHash('sha256')
  progress.doneBytes = 0
}

function checkLength(
  client: RegistryClient,
  response: IncomingMessage,
  progress: Progress,
  download: Download,
): void {
  const said = Number(response.headers['content-length'] ?? Number.NaN)
  if (response.statusCode === 206 && progress.doneBytes === 0) {
    response.destroy()
    throw registryError['REGISTRY.INVALID']({
      registry: client.endpoint.host,
      reason: 'it sends another part than was asked for',
    })
  }
  if (Number.isNaN(said) || said <= download.size - progress.doneBytes) return
  response.destroy()
  throw tooLarge(download)
}

async function append(
  client: RegistryClient,
  response: IncomingMessage,
  progress: Progress,
  download: Download,
) {
  const { slowestBytesPerSecond, idleMs } = client.limits
  const allowedMs = idleMs + ((download.size - progress.doneBytes) / slowestBytesPerSecond) * 1000
  const over = setTimeout(
    () => response.destroy(new TooSlow('it is too slow')),
    Math.min(allowedMs, 2 ** 31 - 1),
  )
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      if (progress.doneBytes + piece.length > download.size) throw tooLarge(download)
      // O_APPEND: at the end, wherever that is.
      await writeAll(progress.file, piece)
      progress.hash.update(piece)
      progress.doneBytes += piece.length
      reached('blob partly downloaded')
      download.onBytes(progress.doneBytes)
    }
  } catch (error) {
    response.destroy()
    if (isBerthError(error, 'REGISTRY.TOO_LARGE')) await progress.file.truncate(0)
    throw isNetworkError(error) ? unreachable(client.endpoint.host, error) : error
  } finally {
    clearTimeout(over)
  }
}

async function writeAll(file: FileHandle, piece: Buffer): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten
}

function tooLarge({ digest, size }: Download) {
  return registryError['REGISTRY.TOO_LARGE']({ what: digest, limitBytes: size })
}
