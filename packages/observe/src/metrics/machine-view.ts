import { z } from 'zod'

/** The machine as its administrator wants to see it. */
export type MachineView = z.output<typeof machineViewShape>

export const machineViewShape = z.object({
  cpus: z.number(),
  /** Of all CPUs: 1 is all of them busy. Null: not known yet. */
  cpuFraction: z.number().nullable(),
  /** Over 1, 5 and 15 minutes. */
  load: z.array(z.number()).length(3),
  memory: z.object({ usedBytes: z.number(), totalBytes: z.number() }),
  upSince: z.string(),
  /** One value a step, from old to new; null: nothing is known of that time. `cpu`: of all CPUs. */
  lastHour: z.object({
    from: z.number(),
    stepMs: z.number(),
    cpu: z.array(z.number().nullable()),
    memoryBytes: z.array(z.number().nullable()),
  }),
  containers: z.object({ running: z.number(), all: z.number() }),
  disk: z.object({
    path: z.string(),
    usedBytes: z.number(),
    freeBytes: z.number(),
    totalBytes: z.number(),
    /** Bytes or files, whichever is scarcer. */
    usedFraction: z.number(),
    /** Of Berth's own; what is left over is the system's and everybody else's. Null: it could not be told in time. */
    uses: z.array(z.object({ name: z.string(), bytes: z.number().nullable() })),
    /** When the uses were counted. */
    countedAt: z.string(),
  }),
  /** Of what Berth stands on. Null: it did not say. */
  versions: z.array(z.object({ name: z.string(), version: z.string().nullable() })),
  /** The platform's own, each with whatever it has started. */
  processes: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      memoryBytes: z.number(),
      /** Of one core, since somebody looked before. Null: nobody did. */
      cpuFraction: z.number().nullable(),
      startedAt: z.string(),
    }),
  ),
})
