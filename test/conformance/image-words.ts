/** An image's configuration in the words that both sides share, so that two can be compared. */
import type { ImageConfig } from '@berth/engine'
import { z } from 'zod'

export type ImageWords = {
  environment: Readonly<Record<string, string>>
  command: readonly string[] | null
  entrypoint: readonly string[] | null
  workingDirectory: string
  user: string
  ports: readonly string[]
  volumes: readonly string[]
  labels: Readonly<Record<string, string>>
  stopSignal: string | null
  healthcheck: unknown
  shell: readonly string[] | null
  onBuild: readonly string[]
}

const words = z.array(z.string()).nullish()
const keys = z.record(z.string(), z.unknown()).nullish()
const nanoseconds = z.number().default(0)

/** What `docker image inspect` prints, as far as it is compared; ArgsEscaped is Windows'. */
export const inspectedSchema = z.object({
  GraphDriver: z.object({
    Data: z.object({ UpperDir: z.string().optional(), LowerDir: z.string().optional() }).nullish(),
  }),
  Config: z.object({
    Env: words,
    Cmd: words,
    Entrypoint: words,
    WorkingDir: z.string().nullish(),
    User: z.string().nullish(),
    ExposedPorts: keys,
    Volumes: keys,
    Labels: z.record(z.string(), z.string()).nullish(),
    StopSignal: z.string().nullish(),
    Healthcheck: z
      .object({
        Test: words,
        Interval: nanoseconds,
        Timeout: nanoseconds,
        StartPeriod: nanoseconds,
        StartInterval: nanoseconds,
        Retries: z.number().default(0),
      })
      .nullish(),
    Shell: words,
    OnBuild: words,
  }),
})

export type Inspected = z.output<typeof inspectedSchema>

export function wordsOfDocker({ Config: config }: Inspected): ImageWords {
  const check = config.Healthcheck
  const milliseconds = (value: number) => Math.round(value / 1e6)
  return {
    environment: Object.fromEntries(
      (config.Env ?? []).map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
    ),
    command: orNull(config.Cmd),
    entrypoint: orNull(config.Entrypoint),
    workingDirectory: config.WorkingDir || '/',
    user: config.User ?? '',
    ports: Object.keys(config.ExposedPorts ?? {}).sort(),
    volumes: Object.keys(config.Volumes ?? {}).sort(),
    labels: config.Labels ?? {},
    stopSignal: config.StopSignal || null,
    healthcheck: check
      ? {
          test: check.Test ?? [],
          intervalMs: milliseconds(check.Interval),
          timeoutMs: milliseconds(check.Timeout),
          startPeriodMs: milliseconds(check.StartPeriod),
          startIntervalMs: milliseconds(check.StartInterval),
          retries: check.Retries,
        }
      : null,
    shell: orNull(config.Shell),
    onBuild: config.OnBuild ?? [],
  }
}

export function wordsOfBerth(config: ImageConfig): ImageWords {
  return {
    environment: config.env,
    command: orNull(config.command),
    entrypoint: orNull(config.entrypoint),
    workingDirectory: config.workingDirectory || '/',
    user: config.user,
    ports: [...config.exposedPorts].sort(),
    volumes: [...config.volumes].sort(),
    labels: config.labels,
    stopSignal: config.stopSignal || null,
    healthcheck: config.healthcheck,
    shell: orNull(config.shell),
    onBuild: config.onBuild,
  }
}

/** An empty list says no more than none. */
function orNull(given: readonly string[] | null | undefined): readonly string[] | null {
  return given && given.length > 0 ? given : null
}
