/** An image's configuration in the words that both sides share, so that two can be compared. */
import type { Image } from '@berth/engine'
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
  author: string
  /** Oldest first. */
  history: readonly HistoryWords[]
}

/** Times are the clock's, and not told. */
export type HistoryWords = { createdBy: string; comment: string; author: string; makesLayer: boolean }

const words = z.array(z.string()).nullish()
const keys = z.record(z.string(), z.unknown()).nullish()
const nanoseconds = z.number().default(0)

/** What `docker image inspect` prints, as far as it is compared; ArgsEscaped is Windows'. */
export const inspectedSchema = z.object({
  Author: z.string().nullish(),
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

/** An image's configuration as Docker keeps it, as far as `inspect` leaves it out. */
export const keptSchema = z.object({
  history: z
    .array(
      z.object({
        created_by: z.string().default(''),
        comment: z.string().default(''),
        author: z.string().default(''),
        empty_layer: z.boolean().default(false),
      }),
    )
    .default([]),
})

export type Kept = z.output<typeof keptSchema>
export type Inspected = z.output<typeof inspectedSchema>

export function wordsOfDocker({ Config: config, Author: author }: Inspected, kept: Kept): ImageWords {
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
    author: author ?? '',
    history: kept.history.map(({ created_by, empty_layer, ...rest }) => ({
      createdBy: created_by,
      ...rest,
      makesLayer: !empty_layer,
    })),
  }
}

export function wordsOfBerth({ config, history }: Pick<Image, 'config' | 'history'>): ImageWords {
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
    author: config.author ?? '',
    history: (history ?? []).map(({ createdBy, comment, author = '', emptyLayer }) => ({
      createdBy,
      comment,
      author,
      makesLayer: !emptyLayer,
    })),
  }
}

/** An empty list says no more than none. */
function orNull(given: readonly string[] | null | undefined): readonly string[] | null {
  return given && given.length > 0 ? given : null
}
