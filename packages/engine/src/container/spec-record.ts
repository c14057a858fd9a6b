import { z } from 'zod'
import type { ContainerSpec } from '../engine.ts'

/**
 * A container's specification as its record keeps it. A field that is missing here is lost when the engine is opened
 * again: `everyField` does not compile then. What was added after the first records were written is optional.
 */

export const words = z.array(z.string()).nullable()
export const texts = z.record(z.string(), z.string())
const numbers = z.record(z.string(), z.number())

const mount = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('volume'), volume: z.string(), target: z.string(), readOnly: z.boolean() }),
  z.object({ kind: z.literal('bind'), source: z.string(), target: z.string(), readOnly: z.boolean() }),
  z.object({
    kind: z.literal('tmpfs'),
    target: z.string(),
    sizeBytes: z.number().nullable(),
    mode: z.number(),
  }),
])

export const portSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  containerPort: z.number(),
  hostAddress: z.string().nullable(),
  hostPort: z.number(),
})

const blockIo = z.object({
  weight: z.number().optional(),
  readBytesPerSecond: numbers.optional(),
  writeBytesPerSecond: numbers.optional(),
  readOperationsPerSecond: numbers.optional(),
  writeOperationsPerSecond: numbers.optional(),
})

const limits = z.object({
  memoryBytes: z.number().nullable(),
  cpuWeight: z.number(),
  cpus: z.number().nullable(),
  pids: z.number(),
  memoryAndSwapBytes: z.number().optional(),
  openFiles: z.number().optional(),
  writableBytes: z.number().optional(),
  writableFiles: z.number().optional(),
  blockIo: blockIo.optional(),
})

const restart = z.object({
  when: z.enum(['no', 'on-failure', 'always', 'unless-stopped']),
  mostRestarts: z.number(),
})

export const specSchema = z.object({
  name: z.string(),
  group: z.string(),
  labels: texts,
  image: z.string(),
  entrypoint: words,
  command: words,
  env: texts,
  user: z.string().nullable(),
  workingDirectory: z.string().nullable(),
  hostname: z.string().nullable(),
  network: z.enum(['bridge', 'none']),
  limits,
  log: z.object({ directory: z.string(), maxBytes: z.number(), maxFiles: z.number() }),
  init: z.boolean(),
  idle: z.boolean().optional(),
  terminal: z.boolean().optional(),
  openInput: z.boolean().optional(),
  mounts: z.array(mount).optional(),
  imageVolumes: z.enum(['anonymous', 'ignore']).optional(),
  readOnlyRoot: z.boolean().optional(),
  ports: z.array(portSchema).optional(),
  links: z.array(z.object({ container: z.string(), alias: z.string() })).optional(),
  restart: restart.optional(),
})

type Missing<Wanted, Kept> = Exclude<keyof Wanted, keyof Kept>
type Kept = z.infer<typeof specSchema>

/** The names that the schema forgets: none. */
export const everyField: [
  Missing<ContainerSpec, Kept>,
  Missing<ContainerSpec['limits'], Kept['limits']>,
] extends [never, never]
  ? true
  : never = true
