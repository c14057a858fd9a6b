import { z } from 'zod'
import type { HistoryEntry, Image, ImageConfig } from '../engine.ts'
import { emptyImageConfig, historySchema, imageConfigSchema } from './image-config.ts'

/**
 * The image configuration as archives and registries hold it, read and written.
 * Source: OCI image-spec, config.md; Docker's Healthcheck and Shell.
 */

const words = z.array(z.string()).nullish()
const keys = z.record(z.string(), z.unknown()).nullish()
const nanoseconds = z.number().nonnegative().nullish()

const healthcheckSchema = z.object({
  Test: words,
  Interval: nanoseconds,
  Timeout: nanoseconds,
  StartPeriod: nanoseconds,
  StartInterval: nanoseconds,
  Retries: z.number().int().nonnegative().nullish(),
})

const historyEntrySchema = z.object({
  created: z.string().nullish(),
  created_by: z.string().nullish(),
  comment: z.string().nullish(),
  author: z.string().nullish(),
  empty_layer: z.boolean().nullish(),
})

export const ociConfigSchema = z.object({
  architecture: z.string().default(''),
  author: z.string().nullish(),
  os: z.string().default('linux'),
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)).max(1000) }),
  history: z.array(historyEntrySchema).nullish(),
  config: z
    .object({
      User: z.string().nullish(),
      ExposedPorts: keys,
      Env: words,
      Entrypoint: words,
      Cmd: words,
      Volumes: keys,
      WorkingDir: z.string().nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
      StopSignal: z.string().nullish(),
      Healthcheck: healthcheckSchema.nullish(),
      Shell: words,
      OnBuild: words,
    })
    .nullish(),
})

export type OciConfig = z.output<typeof ociConfigSchema>

/** Null where a value is longer than an image may hold, or holds a NUL. */
export function imageConfigFrom({ architecture, author, os, config }: OciConfig): ImageConfig | null {
  const empty = emptyImageConfig()
  const parsed = imageConfigSchema.safeParse({
    ...empty,
    entrypoint: orNull(config?.Entrypoint),
    command: orNull(config?.Cmd),
    env: environment(config?.Env ?? []),
    workingDirectory: config?.WorkingDir || '/',
    user: config?.User ?? '',
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}).map(withProtocol),
    volumes: Object.keys(config?.Volumes ?? {}),
    labels: config?.Labels ?? {},
    ...(author ? { author } : {}),
    stopSignal: config?.StopSignal || null,
    healthcheck: healthcheck(config?.Healthcheck),
    shell: orNull(config?.Shell),
    onBuild: config?.OnBuild ?? [],
    architecture: architecture || empty.architecture,
    os,
  } satisfies ImageConfig)
  return parsed.success ? parsed.data : null
}

/** None where the image tells of other layers than it has: what it says then helps nobody. */
export function historyFrom({ history, rootfs }: OciConfig): readonly HistoryEntry[] {
  const entries = (history ?? []).map((entry) => ({
    createdBy: entry.created_by ?? '',
    comment: entry.comment ?? '',
    ...(entry.author ? { author: entry.author } : {}),
    emptyLayer: entry.empty_layer ?? false,
    createdAt: isoDate(entry.created),
  }))
  const counted = entries.filter(({ emptyLayer }) => !emptyLayer).length
  const stored = historySchema.safeParse(entries)
  return counted === rootfs.diff_ids.length && stored.success ? stored.data : []
}

/** With the time to the millisecond, as records keep it. */
function isoDate(given: string | null | undefined): string | null {
  const time = Date.parse(given ?? '')
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** The configuration's JSON, for layers with these diff ids. The same image gives the same bytes. */
export function ociConfigOf(image: Image, diffIds: readonly string[], sourceDate: Date | null): Buffer {
  const created = (sourceDate ?? image.createdAt).toISOString()
  const { config } = image
  const content = {
    architecture: config.architecture,
    ...(config.author ? { author: config.author } : {}),
    created,
    os: config.os,
    config: {
      ...(config.user === '' ? {} : { User: config.user }),
      ...listed('ExposedPorts', config.exposedPorts),
      Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
      ...given('Entrypoint', config.entrypoint),
      ...given('Cmd', config.command),
      ...listed('Volumes', config.volumes),
      WorkingDir: config.workingDirectory,
      ...(Object.keys(config.labels).length === 0 ? {} : { Labels: config.labels }),
      ...given('StopSignal', config.stopSignal),
      ...given('Healthcheck', ociHealthcheck(config.healthcheck)),
      ...given('Shell', config.shell),
      ...given('OnBuild', config.onBuild.length === 0 ? null : config.onBuild),
    },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: ociHistory(image, created),
  }
  return Buffer.from(JSON.stringify(content))
}

function given(key: string, value: unknown): object {
  return value === null ? {} : { [key]: value }
}

function listed(key: string, names: readonly string[]): object {
  return names.length === 0 ? {} : { [key]: Object.fromEntries(names.map((name) => [name, {}])) }
}

/** Readers expect an entry for each layer. */
function ociHistory({ history = [], layers }: Image, created: string): object[] {
  if (history.length === 0) return layers.map(() => ({ created }))
  return history.map(({ createdAt, createdBy, comment, author, emptyLayer }) => ({
    created: createdAt?.toISOString() ?? created,
    created_by: createdBy,
    ...(comment === '' ? {} : { comment }),
    ...(author ? { author } : {}),
    ...(emptyLayer ? { empty_layer: true } : {}),
  }))
}

export function ociHealthcheck(given: ImageConfig['healthcheck']): object | null {
  if (given === null) return null
  const duration = (key: string, milliseconds: number) =>
    milliseconds === 0 ? {} : { [key]: milliseconds * 1e6 }
  return {
    Test: given.test,
    ...duration('Interval', given.intervalMs),
    ...duration('Timeout', given.timeoutMs),
    ...duration('StartPeriod', given.startPeriodMs),
    ...duration('StartInterval', given.startIntervalMs),
    ...(given.retries === 0 ? {} : { Retries: given.retries }),
  }
}

/** An empty list says no more than none. */
function orNull(given: readonly string[] | null | undefined): readonly string[] | null {
  return given && given.length > 0 ? given : null
}

function environment(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines
      .filter((line) => line.indexOf('=') > 0)
      .map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  )
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`
}

function healthcheck(
  given: z.output<typeof healthcheckSchema> | null | undefined,
): ImageConfig['healthcheck'] {
  if (!given?.Test || given.Test.length === 0) return null
  const milliseconds = (value: number | null | undefined) => Math.round((value ?? 0) / 1e6)
  return {
    test: given.Test,
    intervalMs: milliseconds(given.Interval),
    timeoutMs: milliseconds(given.Timeout),
    startPeriodMs: milliseconds(given.StartPeriod),
    startIntervalMs: milliseconds(given.StartInterval),
    retries: given.Retries ?? 0,
  }
}
