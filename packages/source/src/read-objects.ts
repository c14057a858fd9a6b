import { Readable } from 'node:stream'
import type { Command, CommandRunner, RunningCommand } from '@berth/command'
import { sourceError } from './errors.ts'

/**
 * Reads blobs through one `git cat-file --batch`, in the order asked for. Memory is bounded: a blob of at most
 * `wholeBytes` comes in one piece, a larger one in several; git waits while the consumer does.
 */

export const wholeBytes = 8 * 1024 * 1024
const longestHeader = 200

export type ObjectPiece = { index: number; content: Uint8Array }

/** `catFile` is `git cat-file --batch --buffer`. Each id yields one piece or more; an empty blob yields an empty one. */
export async function* readObjects(
  runner: CommandRunner,
  catFile: Command,
  ids: readonly string[],
): AsyncGenerator<ObjectPiece> {
  if (ids.length === 0) return
  const stop = new AbortController()
  const git = runner.start(catFile, { stdio: ['pipe', 'pipe', 'ignore'], signal: stop.signal })
  try {
    ask(git, ids)
    const bytes = new ByteReader(git.stdout as Readable)
    for (const [index, id] of ids.entries()) yield* readObject(bytes, index, id)
  } finally {
    stop.abort()
    git.stdout?.destroy()
    await git.exited
  }
}

function ask(git: RunningCommand, ids: readonly string[]): void {
  const stdin = git.stdin as NonNullable<typeof git.stdin>
  // A git that ends early is noticed where its answers are read.
  stdin.on('error', () => undefined)
  Readable.from(inBlocks(ids), { objectMode: false }).pipe(stdin)
}

function* inBlocks(ids: readonly string[]): Iterable<string> {
  for (let start = 0; start < ids.length; start += 500) {
    yield `${ids.slice(start, start + 500).join('\n')}\n`
  }
}

async function* readObject(bytes: ByteReader, index: number, id: string): AsyncGenerator<ObjectPiece> {
  // `<id> blob <size>`, or `<id> missing`
  const header = await bytes.line(longestHeader)
  const size = /^[0-9a-f]{40} blob (\d+)$/.exec(header ?? '')?.[1]
  if (size === undefined) throw sourceError['SOURCE.READ_FAILED']({ what: id })
  let left = Number(size)
  if (left <= wholeBytes) {
    yield { index, content: await bytes.exactly(left, id) }
  } else {
    for (; left > 0; ) {
      const content = await bytes.some(Math.min(left, wholeBytes), id)
      left -= content.length
      yield { index, content }
    }
  }
  await bytes.exactly(1, id)
}

/** Takes a stream apart by counts of bytes. Returned arrays are the reader's no longer. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  async line(limit: number): Promise<string | null> {
    for (let end = this.#rest.indexOf(10); ; end = this.#rest.indexOf(10)) {
      if (end !== -1) return this.#take(end + 1).toString('latin1', 0, end)
      if (this.#rest.length > limit || !(await this.#more())) return null
    }
  }

  async exactly(count: number, what: string): Promise<Buffer> {
    if (this.#rest.length >= count) return this.#take(count)
    const whole = Buffer.allocUnsafe(count)
    for (let filled = 0; filled < count; ) {
      const piece = await this.some(count - filled, what)
      piece.copy(whole, filled)
      filled += piece.length
    }
    return whole
  }

  /** At least one byte, at most `limit`. */
  async some(limit: number, what: string): Promise<Buffer> {
    if (this.#rest.length === 0 && !(await this.#more())) throw sourceError['SOURCE.READ_FAILED']({ what })
    return this.#take(Math.min(limit, this.#rest.length))
  }

  #take(count: number): Buffer {
    const taken = this.#rest.subarray(0, count)
    this.#rest = this.#rest.subarray(count)
    return taken
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next()
    if (next.done) return false
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value])
    return true
  }
}
