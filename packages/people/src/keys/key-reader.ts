/** Reads the length-prefixed parts of an SSH key blob (RFC 4251, 5). Past its end it is `broken`, and reads nothing. */
export class KeyReader {
  readonly #blob: Buffer
  #offset = 0
  broken = false

  constructor(blob: Buffer) {
    this.#blob = blob
  }

  get atEnd(): boolean {
    return this.#offset === this.#blob.length
  }

  bytes(): Buffer {
    const start = this.#offset + 4
    const end = start > this.#blob.length ? Infinity : start + this.#blob.readUInt32BE(this.#offset)
    if (end > this.#blob.length) {
      this.broken = true
      return Buffer.alloc(0)
    }
    this.#offset = end
    return this.#blob.subarray(start, end)
  }

  text(): string {
    return this.bytes().toString('latin1')
  }
}
