import {
  type CronEntry,
  type Healthchecks,
  type ProcessDefinition,
  type ProcessLimits,
  parseProcessType,
  type ReleaseScripts,
} from '@berth/domain'
import { z } from 'zod'

/** What the JSON columns of a release hold, parsed whenever they are read: PostgreSQL knows only that they are JSON. */

const nullable = <Shape extends z.ZodType>(shape: Shape) => shape.nullable().default(null)
const port = nullable(z.number())

const probe = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('http'),
    scheme: z.enum(['http', 'https']),
    path: z.string(),
    port,
    content: nullable(z.string()),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
  }),
  z.object({ kind: z.literal('command'), argv: z.array(z.string()) }),
  z.object({ kind: z.literal('listening'), port }),
  z.object({ kind: z.literal('uptime'), uptimeMs: z.number() }),
])

const healthcheck = z.object({
  type: z.enum(['startup', 'liveness', 'readiness']),
  name: nullable(z.string()),
  probe,
  initialDelayMs: z.number(),
  attempts: z.number(),
  timeoutMs: z.number(),
  waitMs: z.number(),
})

const processes: z.ZodType<ProcessDefinition[]> = z.array(
  z.object({ type: z.string().transform(parseProcessType), command: z.string().nullable() }),
)
const healthchecks: z.ZodType<Healthchecks> = z.record(z.string(), z.array(healthcheck))
const script = nullable(z.string())
const scripts: z.ZodType<ReleaseScripts> = z.object({
  predeploy: script,
  postdeploy: script,
  firstDeploy: script,
})
const cron: z.ZodType<CronEntry[]> = z.array(z.object({ schedule: z.string(), command: z.string() }))
const limits: z.ZodType<Record<string, ProcessLimits>> = z.record(
  z.string(),
  z.object({ memoryBytes: nullable(z.number()), cpus: nullable(z.number()) }),
)

type Columns<Name extends string> = Readonly<Record<Name, unknown>>

export function readReleaseParts(row: Columns<'processes' | 'healthchecks' | 'scripts' | 'cron' | 'limits'>) {
  return {
    processes: processes.parse(row.processes),
    healthchecks: healthchecks.parse(row.healthchecks),
    scripts: scripts.parse(row.scripts),
    cron: cron.parse(row.cron),
    limits: limits.parse(row.limits),
  }
}
