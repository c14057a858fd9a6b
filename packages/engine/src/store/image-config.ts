import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { HistoryEntry, ImageConfig, ImageDigest } from '../engine.ts'

/** What a stored or imported image may say of itself, bounded: it comes from strangers and ends in an OCI spec. */

const text = z
  .string()
  .max(128 * 1024)
  .refine((value) => !value.includes('\0'), 'holds a NUL')
const words = z.array(text).max(4096)
const map = z.record(text, text)
const durationMs = z.number().nonnegative()

export const healthcheckSchema = z.object({
  test: words,
  intervalMs: durationMs,
  timeoutMs: durationMs,
  startPeriodMs: durationMs,
  startIntervalMs: durationMs,
  retries: z.number().int().nonnegative(),
})

export const imageConfigSchema: z.ZodType<ImageConfig> = z.object({
  entrypoint: words.nullable(),
  command: words.nullable(),
  env: map,
  workingDirectory: text,
  user: text,
  exposedPorts: words,
  volumes: words,
  labels: map,
  author: text.optional(),
  stopSignal: text.nullable(),
  healthcheck: healthcheckSchema.nullable(),
  shell: words.nullable(),
  onBuild: words,
  architecture: text,
  os: text,
})

/** Debian's and Docker's. Source: BuildKit's util/system, DefaultPathEnvUnix. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Node's word for this machine's architecture → the image specification's (Go's). */
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm: 'arm',
  arm64: 'arm64',
  ia32: '386',
}

export const hostArchitecture = architectures[process.arch] ?? process.arch

/** An image that says nothing: what `FROM scratch` begins with. */
export function emptyImageConfig(): ImageConfig {
  return {
    entrypoint: null,
    command: null,
    env: {},
    workingDirectory: '/',
    user: '',
    exposedPorts: [],
    volumes: [],
    labels: {},
    stopSignal: null,
    healthcheck: null,
    shell: null,
    onBuild: [],
    architecture: hostArchitecture,
    os: 'linux',
  }
}

/** More than any honest image has: BuildKit stops at 127 layers, and empty entries are not many more. */
const mostHistory = 4096

export const historySchema: z.ZodType<HistoryEntry[]> = z
  .array(
    z.object({
      createdBy: text,
      comment: text,
      author: text.optional(),
      emptyLayer: z.boolean(),
      createdAt: z.iso
        .datetime()
        .transform((given) => new Date(given))
        .nullable(),
    }),
  )
  .max(mostHistory)

/** Equal for equal configuration, layers and history, in whatever order the keys stand. No history counts as none. */
export function imageDigest(
  config: ImageConfig,
  layers: readonly string[],
  history: readonly HistoryEntry[] = [],
): ImageDigest {
  const content = { config, layers, ...(history.length === 0 ? {} : { history }) }
  return `sha256:${createHash('sha256').update(canonicalJson(content)).digest('hex')}`
}

/** Keys sorted, nothing between them. Source: RFC 8785, for what JSON.stringify leaves open: the order of keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  )
}
