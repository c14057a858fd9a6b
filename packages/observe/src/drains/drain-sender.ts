import type { AppLogLine } from '../app-log/app-log-line.ts'

/**
 * What sends lines to one drain, in the order in which they are given. Contract: `send` returns once they are on their way,
 * or taken where the other side says so; `confirmed` is the number of the last line that need not be sent again. Where what
 * was sent may be lost, `send` throws, or `doubt` is aborted: then everything behind `confirmed` is to be sent again.
 */
export type DrainSender = {
  /** @throws DRAIN.NOT_DELIVERED, DRAIN.REFUSED, DRAIN.ADDRESS_REFUSED */
  send(lines: readonly AppLogLine[]): Promise<void>
  confirmed(): number
  doubt(): AbortSignal
  close(): Promise<void>
}

export type SenderOptions = {
  /** The app's name. */
  app: string
  /** The address to call for a host, which may be one itself. @throws where it must not be called */
  addressOf(host: string, port: number): Promise<string>
  /** The line that was confirmed before. */
  after: number
  timeoutMs?: number
}

export const senderTimeoutMs = 15_000
