import { randomUUID } from 'node:crypto'
import {
  type App,
  type AppName,
  type Healthcheck,
  type ProcessType,
  parseAppName,
  type Release,
} from '@berth/domain'
import type { Stores } from '../stores.ts'

/** Records that the contracts of stores begin with. Their names do not collide, however often they are made. */

export async function someApp(stores: Stores): Promise<App> {
  const team = await stores.people.createTeam('crew')
  return await stores.apps.create({ name: someName(), teamId: team.id })
}

export function revisionOf(app: App): Parameters<Stores['revisions']['create']>[0] {
  return {
    appId: app.id,
    commit: 'a'.repeat(40),
    message: 'first',
    author: 'Ada',
    branch: 'main',
    pushedById: null,
  }
}

export function someName(): AppName {
  return parseAppName(`app-${randomUUID().slice(0, 13)}`)
}

export function releaseOf(app: App): Omit<Release, 'id' | 'version' | 'createdAt'> {
  return {
    appId: app.id,
    imageDigest: 'sha256:1',
    revisionId: null,
    processes: [{ type: 'web' as ProcessType, command: 'node server.js' }],
    releaseCommand: null,
    configuration: { GREETING: 'hello' },
    secretFiles: { 'key.pem': 'aGVsbG8=' },
    healthchecks: { web: [somePage] },
    scripts: { predeploy: './prepare', postdeploy: null, firstDeploy: null },
    cron: [{ schedule: '@daily', command: './clean' }],
    limits: { web: { memoryBytes: 1e9, cpus: 0.5 } },
    reason: 'push',
    createdById: null,
  }
}

const somePage: Healthcheck = {
  type: 'readiness',
  name: 'page',
  probe: { kind: 'http', scheme: 'http', path: '/', port: null, content: 'hello', headers: [] },
  initialDelayMs: 0,
  attempts: 3,
  timeoutMs: 5_000,
  waitMs: 1_000,
}
