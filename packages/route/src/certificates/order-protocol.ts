import { z } from 'zod'

/**
 * What is said between the worker and the program that asks an authority (order-program.ts): JSON, a line each. The program
 * speaks with strangers on the internet, so it has no root, and what it says is parsed like a stranger's words.
 */
export type OrderLine = {
  host: string
  directory: string
  email: string
  /** PEM: authorities to trust besides the machine's. */
  authorities: string | null
  account: { url: string; key: string } | null
  proof: { kind: 'http' } | { kind: 'dns'; webhook: string; secret: string; nameServers: readonly string[] }
}

const pem = z.string().max(20_000)
const account = z.object({ url: z.string().max(1_000), key: pem })
/** What the authority said, as far as it said it (RFC 8555, 6.7). */
const problem = z.object({
  kind: z.enum(['unreachable', 'authority', 'webhook', 'other']),
  type: z.string().max(200),
  words: z.string().max(2_000),
  retryAfterSeconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 24 * 60 * 60),
})
export type Problem = z.output<typeof problem>

export const saidLine = z.discriminatedUnion('say', [
  z.object({ say: z.literal('account'), account }),
  z.object({ say: z.literal('present'), token: z.string().max(200), answer: z.string().max(400) }),
  z.object({ say: z.literal('remove'), token: z.string().max(200) }),
  z.object({ say: z.literal('obtained'), chain: pem, key: pem }),
  z.object({ say: z.literal('failed'), problem }),
])
export type SaidLine = z.output<typeof saidLine>

/** To `account`, `present` and `remove`. */
export type AnswerLine = { ok: true; account?: { url: string; key: string } } | { ok: false }
