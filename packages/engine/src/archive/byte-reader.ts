import { archiveError } from './errors.ts'

/**
 * Bytes of a stream by the piece. Everything that is read counts, so that a stream without end, or one that a few
 * bytes unpack to, ends at the limit.
 *
 * @throws ARCHIVE.TOO_LARGE, and ARCHIVE.INVALID where the stream ends inside a piece
 */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #maxBytes: number
  #chunk: Buffer = Buffer.alloc(0)
  #count = 0

  constructor(source: AsyncIterable<Uint8Array>, maxBytes: number) {
    this.#source = source[Symbol.asyncIterator]()
    this.#maxBytes = maxBytes
  }

  /** Bytes that were handed out. */
  get position(): number {
    return this.#count - this.#chunk.length
  }

  /** Exactly this many bytes; null where the stream ends before the first of them. */
  async take(bytes: number): Promise<Buffer | null> {
    if (this.#chunk.length >= bytes) return this.#cut(bytes)
    const parts: Buffer[] = []
    let missing = bytes
    while (missing > 0) {
      const part = await this.some(missing)
      if (part === null && parts.length === 0) return null
      if (part === null) throw archiveError['ARCHIVE.INVALID']({ reason: 'it ends too early' })
      parts.push(part)
      missing -= part.length
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  /** At least one byte and at most `limit`; null at the end. */
  async some(limit: number): Promise<Buffer | null> {
    while (this.#chunk.length === 0) {
      const { value, done } = await this.#source.next()
      if (done) return null
      this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      this.#count += this.#chunk.length
      if (this.#count > this.#maxBytes) {
        throw archiveError['ARCHIVE.TOO_LARGE']({ what: 'bytes', limit: this.#maxBytes })
      }
    }
    return this.#cut(Math.min(limit, this.#chunk.length))
  }

  /** Lets go of the source before its end. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }

  #cut(bytes: number): Buffer {
    const piece = this.#chunk.subarray(0, bytes)
    this.#chunk = this.#chunk.subarray(bytes)
    return piece
  }
}
