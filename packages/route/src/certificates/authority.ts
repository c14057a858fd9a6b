import type { Secret } from '@berth/command'
import type { AuthorityAccount } from './certificate-store.ts'

/**
 * Whoever gives certificates to those who prove that a name is theirs.
 *
 * Contract:
 * - `order` asks once, and tries nothing again by itself: whoever calls it knows when that is wise.
 * - What it presents to prove a name it takes back, however it ends.
 * - It ends within `orderTimeoutMs`, or when its signal says so.
 */
export interface Authority {
  /** @throws CERTIFICATE.AUTHORITY_UNREACHABLE, .RATE_LIMITED, .NOT_PROVED, .REFUSED, .WEBHOOK_FAILED, .ORDER_BROKEN_OFF */
  order(order: Order): Promise<{ chain: string; key: Secret }>
}

export type Order = {
  host: string
  account: AuthorityAccount | null
  /** A new account was made with the authority; what is to be used from now on is the answer. */
  keepAccount(account: AuthorityAccount): Promise<AuthorityAccount>
  /** A challenge is answered from when this settles; undefined: the name is proved with a record in its DNS. */
  answerAt:
    | { present(token: string, answer: string): Promise<void>; remove(token: string): Promise<void> }
    | undefined
  signal: AbortSignal
}

/** Authorities look within seconds; DNS takes minutes. */
export const orderTimeoutMs = 10 * 60_000
