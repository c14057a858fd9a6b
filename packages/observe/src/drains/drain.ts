import { z } from 'zod'

/** Where an app's log is sent, as people see it: its credentials are sealed, and shown to nobody again. */
export type Drain = {
  id: string
  appId: string
  /** The address without what may be a secret: `syslog+tls://logs.example.com:6514`. */
  shown: string
  createdAt: Date
  createdById: string | null
}

export type SealedDrain = Drain & { sealed: Uint8Array<ArrayBuffer> }

export interface DrainStore {
  /** Oldest first. */
  list(appId: string): Promise<SealedDrain[]>
  all(): Promise<SealedDrain[]>
  add(drain: Omit<SealedDrain, 'createdAt'>): Promise<void>
  remove(appId: string, id: string): Promise<boolean>
}

/** What it takes to send there. */
export type DrainTarget = z.output<typeof drainTargetShape>

export const drainTargetShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('syslog'),
    host: z.string(),
    port: z.number(),
    tls: z.boolean(),
    /** PEM of the authority that the server's certificate is from; null: the usual ones. */
    authority: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('http'),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    authority: z.string().nullable(),
  }),
])
