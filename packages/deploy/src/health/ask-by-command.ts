import { isBerthError } from '@berth/domain'
import type { Attachment } from '@berth/engine'
import { type Answer, excerpt, failed, passed, unknown } from './answer.ts'
import type { Asked } from './ask.ts'

const shownBytes = 4 * 1024

/**
 * A command in the container, as its own user and with its environment: 0 is healthy. When the time is up it is killed, and
 * that is waited for: no more of them run at a time than were allowed to begin.
 */
export async function askByCommand(
  { containers, container, mask }: Asked,
  argv: readonly string[],
  timeoutMs: number,
): Promise<Answer> {
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(() => late.resolve(null), timeoutMs)
  let running: Attachment | undefined
  try {
    running = await containers.exec(container.id, { command: argv })
    const printed = beginningOf(running.output)
    // Where it did not end in time, nobody waits for what it printed.
    printed.catch(() => undefined)
    const ended = await Promise.race([Promise.all([running.exit, printed]), late.promise])
    if (ended === null) return failed(`did not end within ${timeoutMs / 1_000} s`)
    const [{ code }, bytes] = ended
    const shown = excerpt(bytes, mask)
    return code === 0 ? passed : failed(`exit code ${code}${shown === '' ? '' : `: ${shown}`}`)
  } catch (error) {
    return failure(error)
  } finally {
    clearTimeout(timer)
    await running?.close()
  }
}

const cannotRun = ['CONTAINER.EXEC_FAILED', 'CONTAINER.PROGRAM_NOT_FOUND', 'CONTAINER.PROGRAM_NOT_EXECUTABLE']

function failure(error: unknown): Answer {
  if (isBerthError(error, ...cannotRun))
    return failed(error.message.replace(/\.$/, ''), 'Name a program that the image has, with its full path.')
  // It is ending, stands still, or runs more commands than it may: that is known elsewhere.
  if (isBerthError(error)) return unknown(error.message.replace(/\.$/, ''))
  throw error
}

/** Everything is read, because who prints waits for a reader; the beginning is kept. */
async function beginningOf(output: Attachment['output']): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of output) {
    if (bytes < shownBytes) pieces.push(piece.bytes)
    bytes += piece.bytes.length
  }
  return Buffer.concat(pieces).subarray(0, shownBytes)
}
