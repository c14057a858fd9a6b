import type { Writable } from 'node:stream'
import type { ErrorRecord } from '@berth/domain'
import { detail, renderError, section, step } from '@berth/observe'

/** What the pusher reads while the push is decided. Never waits: a terminal that is stopped must not hold up an app. */
export type Output = {
  lines(lines: readonly string[]): void
  step(text: string): void
  section(text: string): void
  detail(text: string): void
  error(error: Pick<ErrorRecord, 'message' | 'hint'>): void
}

/** Beyond this, lines are left out until the reader has caught up. */
const maxWaitingBytes = 4 * 1024 * 1024

export function openOutput(stream: Writable): Output {
  let leftOut = 0

  function lines(given: readonly string[]): void {
    if (given.length === 0 || stream.writableEnded || stream.destroyed) return
    gather(stream)
    if (stream.writableLength > maxWaitingBytes) leftOut += given.length
    else stream.write(`${[...leftOutNotice(), ...given].join('\n')}\n`)
  }

  function leftOutNotice(): string[] {
    if (leftOut === 0) return []
    const notice = detail(`(${leftOut} lines left out: they came faster than they were read)`)
    leftOut = 0
    return [notice]
  }

  return {
    lines,
    step: (text) => lines([step(text)]),
    section: (text) => lines([section(text)]),
    detail: (text) => lines([detail(text)]),
    error: (error) => lines(renderError(error)),
  }
}

/** Lines that come together are sent together: a chatty build would cost a system call each. */
function gather(stream: Writable): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}
