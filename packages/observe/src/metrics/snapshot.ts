import { z } from 'zod'

/**
 * Everything that is counted, as it stands now: what Prometheus asks for again and again. Counters begin again with the
 * worker, and those of an instance with its container, which Prometheus knows how to take.
 */
export type Snapshot = z.output<typeof snapshotShape>

const counters = z.object({
  cpuMs: z.number(),
  receivedBytes: z.number(),
  sentBytes: z.number(),
  readBytes: z.number(),
  writtenBytes: z.number(),
})

export const snapshotShape = z.object({
  instances: z.array(
    counters.extend({
      appId: z.string(),
      /** web.1 */
      name: z.string(),
      processType: z.string(),
      memoryBytes: z.number(),
      memoryLimitBytes: z.number().nullable(),
      pids: z.number(),
      /** Since the worker began. */
      restarts: z.number(),
    }),
  ),
  apps: z.array(
    z.object({
      appId: z.string(),
      /** 1xx to 5xx. */
      statuses: z.array(z.number()).length(5),
      requestBytes: z.number(),
      responseBytes: z.number(),
      /** As `LatencyHistogram`. */
      latency: z.array(z.number()),
      latencySumMs: z.number(),
    }),
  ),
  machine: z.object({
    cpus: z.number(),
    /** Of all CPUs together. */
    cpuMs: z.number(),
    memoryBytes: z.number(),
    memoryTotalBytes: z.number(),
    diskUsedBytes: z.number(),
    diskTotalBytes: z.number(),
  }),
})
