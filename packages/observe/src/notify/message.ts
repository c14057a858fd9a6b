import { z } from 'zod'

/** A notice in words, before it is made fit for where it goes. Kept with its delivery, so that trying again says the same. */
export type Message = {
  /** As webhooks call it: `deployment.failed`. */
  type: string
  /** ISO 8601. */
  at: string
  isGood: boolean
  /** One line without the app's secrets: `shop: v12 could not be deployed` */
  title: string
  lines: string[]
  /** Where to look. */
  url: string | null
  /** For programs: flat, plain values. */
  fields: Record<string, string | number | boolean | null | string[]>
}

export const messageShape: z.ZodType<Message> = z.object({
  type: z.string(),
  at: z.string(),
  isGood: z.boolean(),
  title: z.string(),
  lines: z.array(z.string()),
  url: z.string().nullable(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
})
