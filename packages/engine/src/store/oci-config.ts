import { z } from 'zod'
import type { ImageConfig } from '../engine.ts'
import { emptyImageConfig, imageConfigSchema } from './image-config.ts'

/** The image configuration as archives hold it. Source: OCI image-spec, config.md; Docker's Healthcheck and Shell. */

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

export const ociConfigSchema = z.object({
  architecture: z.string().default(''),
  os: z.string().default('linux'),
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
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
export function imageConfigFrom({ architecture, os, config }: OciConfig): ImageConfig | null {
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
    stopSignal: config?.StopSignal || null,
    healthcheck: healthcheck(config?.Healthcheck),
    shell: orNull(config?.Shell),
    onBuild: config?.OnBuild ?? [],
    architecture: architecture || empty.architecture,
    os,
  } satisfies ImageConfig)
  return parsed.success ? parsed.data : null
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
