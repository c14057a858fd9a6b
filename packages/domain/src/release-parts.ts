/**
 * What a release holds besides its image, its process types and its configuration: how its instances are found healthy,
 * what they may use, and what runs beside them. Written from app.json and the command line; never changed afterwards.
 */

/** One check of a process type's instances. Milliseconds everywhere. */
export type Healthcheck = {
  /** startup: until it gets requests; readiness: whether it gets them; liveness: whether it is restarted. */
  type: 'startup' | 'liveness' | 'readiness'
  name: string | null
  probe: HealthProbe
  initialDelayMs: number
  /** How many in a row must fail. */
  attempts: number
  timeoutMs: number
  /** Between two attempts. */
  waitMs: number
}

export type HealthProbe =
  | {
      kind: 'http'
      scheme: 'http' | 'https'
      path: string
      /** Null: the process's PORT. */
      port: number | null
      /** What the answer must contain; null: a 2xx is enough. */
      content: string | null
      headers: { name: string; value: string }[]
    }
  | { kind: 'command'; argv: string[] }
  | { kind: 'listening'; port: number | null }
  | { kind: 'uptime'; uptimeMs: number }

/** By process type. A type without checks: the image's HEALTHCHECK, and else whether it listens. */
export type Healthchecks = Record<string, Healthcheck[]>

/** Commands around a deployment, each in an instance of its own from the new image. */
export type ReleaseScripts = {
  /** Before any instance starts; like the release command, its failure stops the deployment. */
  predeploy: string | null
  /** After it is live; its failure is told and stops nothing. */
  postdeploy: string | null
  /** After the app's first deployment alone. */
  firstDeploy: string | null
}

export const noScripts: ReleaseScripts = { predeploy: null, postdeploy: null, firstDeploy: null }

/** A command on a schedule: five fields of cron, or one of its usual names (`@daily`). UTC. */
export type CronEntry = { schedule: string; command: string }

/** What one instance of a process type may use. Null: the platform's default. */
export type ProcessLimits = {
  memoryBytes: number | null
  /** Cores: 0.5 is half of one. Null: as much as is free. */
  cpus: number | null
}
