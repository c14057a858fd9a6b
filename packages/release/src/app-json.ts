import { appNameLimit, type Healthcheck, type HealthProbe } from '@berth/domain'
import { z } from 'zod'
import { isSchedule, withSingleBlanks } from './cron/schedule.ts'

/**
 * The shape of app.json, as Heroku and Dokku write it, and what it becomes. Other keys are ignored, at every level.
 * Sources: Heroku's "app.json schema"; Dokku's docs on app.json, health checks and scheduled tasks; `conventions.md`.
 */

const processType = z
  .string()
  .max(appNameLimit)
  .regex(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/, 'is not a process type: letters, digits and dashes, lower case')
const line = z
  .string()
  .min(1, 'must not be empty')
  .max(8192)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL cannot stand in an argument.
  .regex(/^[^\u0000]*$/, 'holds a NUL')
const seconds = z.number().min(0).max(86_400)
const header = z.object({
  name: z
    .string()
    .max(200)
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not the name of a header'),
  value: z
    .string()
    .max(8192)
    .regex(/^[\t\x20-\x7e]*$/, 'is not the value of a header'),
})

const probes = ['path', 'command', 'listening', 'uptime'] as const

const healthcheck = z
  .object({
    type: z.enum(['startup', 'liveness', 'readiness']).default('startup'),
    name: z.string().max(200).nullable().default(null),
    path: z
      .string()
      .max(2048)
      .regex(/^\/[\x21-\x7e]*$/, 'must begin with "/" and hold no spaces')
      .optional(),
    content: z.string().max(8192).nullable().default(null),
    httpHeaders: z.array(header).max(50).default([]),
    scheme: z.enum(['http', 'https']).default('http'),
    port: z.int().min(1).max(65_535).nullable().default(null),
    command: z.array(line).min(1).max(100).optional(),
    listening: z.literal(true).optional(),
    uptime: seconds.optional(),
    initialDelay: seconds.default(0),
    attempts: z.int().min(1).max(1000).default(3),
    timeout: seconds.default(5),
    wait: seconds.default(5),
  })
  .refine((check) => probes.filter((probe) => check[probe] !== undefined).length === 1, {
    message: 'needs exactly one of "path", "command", "listening" and "uptime"',
  })
  .transform(
    ({ initialDelay, timeout, wait, ...check }): Healthcheck => ({
      type: check.type,
      name: check.name,
      probe: probeOf(check),
      initialDelayMs: initialDelay * 1000,
      attempts: check.attempts,
      timeoutMs: timeout * 1000,
      waitMs: wait * 1000,
    }),
  )

function probeOf(check: {
  path?: string | undefined
  command?: string[] | undefined
  uptime?: number | undefined
  scheme: 'http' | 'https'
  port: number | null
  content: string | null
  httpHeaders: { name: string; value: string }[]
}): HealthProbe {
  const { path, command, uptime, scheme, port, content, httpHeaders } = check
  if (path !== undefined) return { kind: 'http', scheme, path, port, content, headers: httpHeaders }
  if (command !== undefined) return { kind: 'command', argv: command }
  if (uptime !== undefined) return { kind: 'uptime', uptimeMs: uptime * 1000 }
  return { kind: 'listening', port }
}

/** What cron understands, of five fields, or one of its usual names. */
const schedule = z
  .string()
  .max(1_000)
  .transform(withSingleBlanks)
  .refine(isSchedule, 'is not a schedule: five fields, for example "*/5 * * * *"')

const variableName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of a variable')
const variableValue = z
  .string()
  .max(65_536)
  .regex(/^[^\0]*$/, 'holds a NUL')
const variable = z.preprocess(
  (given) => (typeof given === 'string' ? { value: given } : given),
  z.object({
    value: variableValue.nullable().default(null),
    required: z.boolean().default(true),
    generator: z.literal('secret').nullable().default(null),
  }),
)

const dokkuScripts = z.object({
  predeploy: line.nullable().default(null),
  postdeploy: line.nullable().default(null),
})

export const appJsonShape = z.object({
  healthchecks: z.record(processType, z.array(healthcheck).max(20)).default({}),
  formation: z.record(processType, z.object({ quantity: z.int().min(0).max(100).optional() })).default({}),
  cron: z
    .array(z.object({ command: line, schedule }))
    .max(100)
    .default([]),
  /** Applied when the app is created. */
  env: z.record(variableName, variable).default({}),
  scripts: z
    .object({
      dokku: dokkuScripts.default({ predeploy: null, postdeploy: null }),
      /** After the first deployment alone. */
      postdeploy: line.nullable().default(null),
    })
    .default({ dokku: { predeploy: null, postdeploy: null }, postdeploy: null }),
})

export type AppJson = z.output<typeof appJsonShape>

/** What counts without an app.json. */
export const emptyAppJson: AppJson = appJsonShape.parse({})
