import type { ErrorRecord, StageEvent } from '@berth/domain'
import { z } from 'zod'
import type { AppLogLine, LogPage } from './app-log/app-log-line.ts'
import type { DrainState } from './drains/run-drain.ts'
import type {
  DetachedRun,
  DomainLead,
  FrontAddress,
  InstanceView,
  LiveFailure,
  LiveOutcome,
  OneOffName,
  OneOffView,
} from './live-protocol.ts'

/** What stands in the stage logs and comes over the worker's socket, as schemas: both are edges. */

export const errorRecordShape: z.ZodType<ErrorRecord> = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  fault: z.enum(['user', 'system']),
  retryable: z.boolean(),
})

const at = z.number()

export const stageEventShape: z.ZodType<StageEvent> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('section'), at, text: z.string() }),
  z.object({ kind: z.literal('step-started'), at, step: z.string(), title: z.string() }),
  z.object({
    kind: z.literal('step-finished'),
    at,
    step: z.string(),
    outcome: z.enum(['done', 'cached', 'failed', 'cancelled']),
    durationMs: z.number(),
  }),
  z.object({
    kind: z.literal('line'),
    at,
    step: z.string().nullable(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  }),
  z.object({
    kind: z.literal('warning'),
    at,
    text: z.string(),
    rule: z.string().optional(),
    path: z.string().optional(),
    line: z.number().optional(),
  }),
  z.object({
    kind: z.literal('progress'),
    at,
    step: z.string().nullable(),
    what: z.string(),
    doneBytes: z.number(),
    ofBytes: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('check'),
    at,
    step: z.string(),
    check: z.string(),
    attempt: z.number(),
    of: z.number(),
    told: z.string(),
  }),
  z.object({
    kind: z.literal('reused'),
    at,
    steps: z.number(),
    of: z.number(),
    savedMs: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('ended'),
    at,
    outcome: z.enum(['succeeded', 'failed', 'cancelled']),
    error: errorRecordShape.nullable(),
    next: z.string().nullable(),
  }),
])

export const appLogLineShape: z.ZodType<AppLogLine> = z.object({
  number: z.number(),
  at: z.string(),
  source: z.enum(['app', 'router', 'deploy', 'cron', 'berth']),
  instance: z.string(),
  release: z.number().nullable(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
})

export const logPageShape: z.ZodType<LogPage> = z.object({
  lines: z.array(appLogLineShape),
  before: z.number().nullable(),
  after: z.number().nullable().default(null),
})

export const drainStateShape: z.ZodType<DrainState> = z.object({
  id: z.string(),
  sentLines: z.number(),
  lostLines: z.number(),
  waitingLines: z.number(),
  lastSentAt: z.string().nullable(),
  problem: z.object({ message: z.string(), at: z.string() }).nullable(),
})

export const instanceViewShape: z.ZodType<InstanceView> = z.object({
  name: z.string(),
  processType: z.string(),
  releaseVersion: z.number(),
  containerId: z.string(),
  state: z.enum(['starting', 'running', 'restarting', 'crashed', 'stopping', 'stopped']),
  health: z
    .object({ state: z.enum(['starting', 'healthy', 'unhealthy']), reason: z.string().nullable() })
    .nullable(),
  address: z.string().nullable(),
  startedAt: z.string().nullable(),
  restarts: z.number(),
  lastExit: z
    .object({ code: z.number(), signal: z.string().nullable(), outOfMemory: z.boolean(), at: z.string() })
    .nullable(),
  memoryBytes: z.number().nullable(),
  memoryLimitBytes: z.number().nullable(),
  cpuFraction: z.number().nullable(),
})

export const domainLeadShape: z.ZodType<DomainLead> = z.object({
  host: z.string(),
  leadsHere: z.boolean(),
  addresses: z.array(z.string()),
  alias: z.string().nullable(),
  found: z.string(),
  record: z.object({ type: z.enum(['A', 'AAAA', 'CNAME']), name: z.string(), value: z.string() }),
})

export const frontAddressShape: z.ZodType<FrontAddress> = z.object({
  name: z.string().nullable(),
  addresses: z.array(z.string()),
})

export const liveFailureShape: z.ZodType<LiveFailure> = z.object({ error: errorRecordShape })

export const liveOutcomeShape: z.ZodType<LiveOutcome> = z.object({ error: errorRecordShape.nullable() })

const word = z.string().max(32_768)

export const detachedRunShape: z.ZodType<DetachedRun> = z.object({
  command: z.array(word).min(1).max(1_000),
  entrypoint: z.boolean(),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(7 * 24 * 60 * 60_000),
})

export const oneOffViewShape: z.ZodType<OneOffView> = z.object({
  name: z.string(),
  kind: z.enum(['attached', 'detached', 'cron']),
  releaseVersion: z.number(),
  containerId: z.string(),
  state: z.enum(['starting', 'running', 'stopped']),
  startedAt: z.string().nullable(),
  endsAt: z.string().nullable(),
})

export const oneOffNameShape: z.ZodType<OneOffName> = z.object({ name: z.string().max(100) })
