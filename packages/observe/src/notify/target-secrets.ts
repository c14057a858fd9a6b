import { z } from 'zod'

/** What it takes to send to a target: sealed wherever it is kept. */
export type TargetSecrets = z.output<typeof targetSecretsShape>

export const targetSecretsShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mail'),
    to: z.array(z.string()),
    /** Null: the platform's own. */
    smtp: z.object({ url: z.string(), from: z.string() }).nullable(),
  }),
  z.object({ kind: z.literal('slack'), url: z.string() }),
  z.object({ kind: z.literal('webhook'), url: z.string(), signingSecret: z.string() }),
])
