import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, noScripts, parseAppName, type Release, type StageEvent, web } from '@berth/domain'
import type { ImageConfig } from '@berth/engine'
import { fakeEngine } from '@berth/engine/drivers/fake-engine.ts'
import { portOf } from '@berth/release'
import type { AppRoute, PortOfType, RouteTarget } from './app-route.ts'
import { noFacts } from './instance.ts'
import { defaultTimes } from './limits.ts'

/** For tests: an app on a fake engine, with a route that remembers. */
export function fakeUndertakings() {
  const logDirectory = mkdtempSync(join(tmpdir(), 'berth-deploy-'))
  const engine = fakeEngine()
  const app: App = {
    id: 'app-1',
    name: parseAppName('shop'),
    teamId: 'team-1',
    deployBranch: 'main',
    dockerfilePath: 'Dockerfile',
    createdAt: new Date(),
    stoppedAt: null,
    lock: null,
  }
  const facts = noFacts()
  const route = fakeRoute()
  const events: StageEvent[] = []
  let version = 0

  function release(
    command: string,
    given: Partial<Release> = {},
    config: Partial<ImageConfig> = {},
  ): Release {
    version += 1
    const image = engine.images.add(null, { command: ['sh', '-c', command], ...config }, `release ${version}`)
    return {
      id: `release-${version}`,
      appId: app.id,
      version,
      imageDigest: image.digest,
      revisionId: null,
      processes: [{ type: web, command: null }],
      releaseCommand: null,
      configuration: {},
      secretFiles: {},
      healthchecks: {},
      scripts: noScripts,
      cron: [],
      limits: {},
      reason: 'test',
      createdById: null,
      createdAt: new Date(),
      ...given,
    }
  }

  async function undertaking(of: Release | null, deploymentId = '') {
    const image = of ? await engine.images.get(of.imageDigest) : null
    const hasShell = of !== null && (await engine.images.hasProgram(of.imageDigest, 'sh'))
    const port = image === null ? 0 : portOf(image.config)
    const subject =
      of && image
        ? { release: of, deploymentId, commit: null, image, hasShell, port, secretFiles: null }
        : null
    const times = {
      ...defaultTimes,
      healthTimeoutMs: 1_500,
      settleMs: 50,
      drainTimeoutMs: 500,
      stopTimeoutMs: 500,
    }
    const sink = (event: StageEvent) => void events.push(event)
    const { signal: closing } = new AbortController()
    return {
      app,
      subject,
      engine,
      route,
      facts,
      times,
      logDirectory,
      host: 'shop.example.test',
      foundHealthy: () => undefined,
      sink,
      closing,
    }
  }

  async function close(): Promise<void> {
    await engine.close()
    rmSync(logDirectory, { recursive: true, force: true })
  }

  return { engine, app, facts, route, events, release, undertaking, close }
}

function fakeRoute(): AppRoute & {
  leading: PortOfType[]
  targets: readonly RouteTarget[]
  history: string[]
} {
  const route = {
    targets: [] as readonly RouteTarget[],
    history: [] as string[],
    leading: [] as PortOfType[],
    ports: () => route.leading,
    routed: () => route.targets.map((target) => target.containerId),
    point: async (targets: readonly RouteTarget[]) => {
      route.targets = targets
      route.history.push(targets.map((target) => target.name.replace(/-.*/, '')).join(' '))
    },
    drained: async () => true,
  }
  return route
}
