import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Facts,
  forget,
  type Instance,
  instancesOf,
  keepApp,
  label,
  planKeepingOf,
  type RestartBook,
  readInstance,
  type Step,
  type Subject,
  taskType,
  type Undertaking,
  type Verdict,
} from '@berth/deploy'
import { type App, appUrl, type EventSink, type Formation, isBerthError, places } from '@berth/domain'
import type { ContainerEvent } from '@berth/engine'
import type { Parts } from '../parts.ts'
import { openHealthWatch } from './health-watch.ts'
import { type KeptApp, newKeptApp } from './kept-app.ts'
import { readKeeping } from './read-keeping.ts'
import { routeState } from './route-state.ts'
import type { Routes } from './routes.ts'

/**
 * Keeps every app as it should be: by converging, and by nothing else. A crash, a reboot, a scaling, a finished or failed
 * deployment each only ask for a convergence. Promises:
 * - A dead instance leaves the route at once; it is started again with growing delays.
 * - One that its checks give up is stopped and started again likewise; one that is not ready gets no requests meanwhile.
 * - Of one app one convergence runs at a time; asked for again meanwhile, it looks again.
 * - While a deployment is past its switch, the app is paused: two may not decide where the route leads.
 */
export interface Keeper {
  readonly facts: Facts
  readonly book: RestartBook
  /** Asks for a convergence; resolves when none is under way any more. Failures are reported, not thrown. */
  converge(appId: string): Promise<void>
  /** Reads what should run, and does nothing about it yet. @throws what the stores throw */
  load(appId: string): Promise<void>
  /** Reads again what should run, then converges. */
  reload(appId: string): Promise<void>
  /** The app is known, with its route, when this returns. */
  prepare(app: App): Promise<void>
  changed(appId: string): Promise<void>
  shield(appId: string, deploymentId: string): void
  /** Also ends the pause that this deployment asked for. */
  unshield(appId: string, deploymentId: string): void
  pause(appId: string, deploymentId: string): Promise<void>
  /** This is live now. */
  adopt(appId: string, subject: Subject, formation: Formation): void
  /** Others take these containers' places, and then they go. @throws the signal's reason: those that are there stay */
  replace(appId: string, containerIds: readonly string[], signal: AbortSignal): Promise<void>
  /** What its lasting checks say of an instance now; null where it has none. */
  verdict(containerId: string): Verdict | null
  undertaking(app: App, subject: Subject | null, sink: EventSink): Omit<Undertaking, 'beforeSwitch'>
  /** What should run of an app, as far as it was read. */
  keptApp(appId: string): KeptApp | undefined
  knownApps(): string[]
  /** Looks at everything once, cheaply, and converges where there is something to do. */
  tick(): Promise<void>
  release(appId: string): Promise<void>
  close(): Promise<void>
}

const lookAgainMs = 500

export type KeeperParts = Parts & { routes: Routes; facts: Facts; book: RestartBook }

export function openKeeper(parts: KeeperParts): Keeper {
  const { engine, routes, facts, book, report } = parts
  const apps = new Map<string, KeptApp>()
  const health = openHealthWatch({ ...parts, keptApp, rest, converge })
  const unsubscribe = engine.containers.subscribe(noticed)

  function keptApp(appId: string): KeptApp {
    const kept = apps.get(appId) ?? newKeptApp(appId)
    apps.set(appId, kept)
    return kept
  }

  // -------------------------------------------------------------------------------------------------- converging

  function converge(appId: string): Promise<void> {
    const kept = keptApp(appId)
    kept.again = true
    kept.changes.tell()
    if (kept.round) return kept.round.over
    if (kept.pausedBy !== null || kept.gone || kept.keeping === null || parts.closing.aborted)
      return Promise.resolve()
    const stopping = new AbortController()
    const over = rounds(kept, stopping.signal).finally(() => {
      kept.round = null
      if (kept.again && !stopping.signal.aborted) void converge(appId)
    })
    kept.round = { over, stopping }
    return over
  }

  async function rounds(kept: KeptApp, signal: AbortSignal): Promise<void> {
    while (kept.again && !signal.aborted && kept.keeping) {
      kept.again = false
      await keepApp(kept.keeping, {
        changed: () => kept.changes.next(),
        failed: (step, error) => failed(kept, step, error),
        signal,
      }).catch((error: unknown) => signal.aborted || report(`keeping ${kept.app?.name}`, error))
      await health.look(kept)
      await showState(kept)
    }
  }

  function failed(kept: KeptApp, step: Step, error: unknown): void {
    report(`${kept.app?.name}: ${step.kind}`, error)
    if (step.kind === 'startInstance') rest(kept, step, { ranMs: 0, exit: null })
    const isUnhealthy = isBerthError(error, 'DEPLOY.UNHEALTHY', 'DEPLOY.NEVER_LISTENED')
    if (step.kind === 'awaitHealthy' && isUnhealthy)
      health.giveUp(kept, step, { because: error.message, soundMs: 0 })
  }

  /** Lets a crashed instance rest, and converges when it may be started again. */
  function rest(
    kept: KeptApp,
    slot: Pick<Instance, 'type' | 'index'>,
    crash: Parameters<RestartBook['crashed']>[2],
  ) {
    const { type, index } = slot
    const until = book.crashed(kept.id, { type, index }, crash)
    setTimeout(() => void converge(kept.id), Math.max(1, until - Date.now() + 1)).unref()
  }

  async function showState(kept: KeptApp): Promise<void> {
    const state = routeState(kept, { serves: routes.serves(kept.id), book })
    if (routes.setState(kept.id, state)) await applyRoutes()
  }

  /** The next tick tries again what failed here. */
  async function applyRoutes(): Promise<void> {
    await routes.apply().catch((error: unknown) => report('applying the routes', error))
  }

  // -------------------------------------------------------------------------------------------------- noticing

  function noticed({ kind, container }: ContainerEvent): void {
    const appId = container.labels[label.app]
    if (appId === undefined) return
    const instance = readInstance(container, facts)
    if (kind === 'exited' && instance) ended(keptApp(appId), instance, container)
    if (kind === 'exited' || kind === 'removed') health.forget(container.id)
    if (kind === 'removed') forget(facts, container.id)
    apps.get(appId)?.changes.tell()
    if (kind === 'exited') void converge(appId)
  }

  function ended(kept: KeptApp, instance: Instance, container: ContainerEvent['container']): void {
    facts.healthy.delete(container.id)
    countCrash(kept, instance, container)
    const wasRouted = routes.drop(container.id)
    void showState(kept)
    if (wasRouted) void applyRoutes()
  }

  function countCrash(kept: KeptApp, instance: Instance, container: ContainerEvent['container']): void {
    const isOurs = instance.deploymentId === kept.keeping?.undertaking.subject?.deploymentId
    if (!isOurs || facts.stopping.has(container.id) || instance.type === taskType) return
    if (instance.givenUp) return
    const ranMs = (container.exit?.at ?? new Date()).getTime() - (container.startedAt ?? new Date()).getTime()
    rest(kept, instance, { ranMs, exit: container.exit })
  }

  // -------------------------------------------------------------------------------------------------- what should run

  function load(appId: string): Promise<void> {
    const kept = keptApp(appId)
    const reading = kept.reading.catch(() => undefined).then(() => read(kept))
    kept.reading = reading
    return reading
  }

  async function read(kept: KeptApp): Promise<void> {
    const { adoptions } = kept
    const found = await readKeeping(parts, kept.id)
    // Its records go last: whoever still finds them must not bring the app back.
    if (found === null || kept.gone) return
    if (kept.adoptions !== adoptions) return read(kept)
    kept.app = found.app
    kept.keeping = keepingOf(kept, found.app, found.subject, found.formation)
    const changed = routes.setApp(found.app, found.front)
    await showState(kept)
    if (changed) await applyRoutes()
  }

  function keepingOf(kept: KeptApp, app: App, subject: Subject | null, formation: Formation) {
    return {
      undertaking: undertaking(app, subject, () => undefined),
      formation,
      untouched: () => [...kept.shielded],
      resting: () => book.resting(kept.id),
    }
  }

  function undertaking(app: App, subject: Subject | null, sink: EventSink) {
    const logDirectory = `${places(parts.settings).appLogs}/${app.id}`
    const { host } = new URL(appUrl(parts.settings, app.name))
    const { closing, times } = parts
    return {
      ...{ app, subject, engine, route: routes.of(app.id), facts, times, logDirectory, host, sink, closing },
      foundHealthy: () => void health.look(keptApp(app.id)),
    }
  }

  async function tick(): Promise<void> {
    const instances = Map.groupBy(await instancesOf(engine, facts), (instance) => instance.appId)
    for (const kept of apps.values()) {
      if (kept.keeping === null || kept.round || kept.pausedBy || kept.gone) continue
      const steps = planKeepingOf(kept.keeping, instances.get(kept.id) ?? [])
      if (steps.length > 0) void converge(kept.id)
    }
  }

  async function replace(appId: string, containerIds: readonly string[], signal: AbortSignal): Promise<void> {
    book.forget(appId)
    for (const id of containerIds) facts.leaving.add(id)
    try {
      while (await isAnyThere(appId, containerIds)) {
        void converge(appId)
        await Promise.race([keptApp(appId).changes.next(), sleep(lookAgainMs, undefined, { signal })])
      }
    } finally {
      for (const id of containerIds) facts.leaving.delete(id)
    }
  }

  async function isAnyThere(appId: string, containerIds: readonly string[]): Promise<boolean> {
    const containers = await engine.containers.list({ [label.app]: appId })
    return containers.some(({ id }) => containerIds.includes(id))
  }

  async function pause(appId: string, by: string): Promise<void> {
    const kept = keptApp(appId)
    kept.pausedBy = by
    kept.round?.stopping.abort(new Error('paused'))
    await kept.round?.over
  }

  return {
    facts,
    book,
    converge,
    load,
    reload: async (appId) => {
      await load(appId)
      void converge(appId)
    },
    prepare: async (app) => {
      if (keptApp(app.id).app === null) await load(app.id)
    },
    changed: (appId) => keptApp(appId).changes.next(),
    shield: (appId, deploymentId) => void keptApp(appId).shielded.add(deploymentId),
    unshield: (appId, deploymentId) => {
      const kept = keptApp(appId)
      kept.shielded.delete(deploymentId)
      if (kept.pausedBy === deploymentId) kept.pausedBy = null
    },
    pause,
    adopt: (appId, subject, formation) => {
      const kept = keptApp(appId)
      if (kept.app) kept.keeping = keepingOf(kept, kept.app, subject, formation)
      kept.adoptions += 1
      book.forget(appId)
      void health.look(kept)
    },
    replace,
    verdict: health.verdict,
    undertaking,
    keptApp: (appId) => apps.get(appId),
    knownApps: () => [...apps.values()].filter((kept) => !kept.gone).map(({ id }) => id),
    tick,
    release: async (appId) => {
      const kept = keptApp(appId)
      kept.gone = true
      await pause(appId, 'removal')
      // Known as gone until this process ends: an id is never used again.
      kept.keeping = null
      book.forget(appId)
      health.forgetApp(appId)
    },
    close: async () => {
      unsubscribe()
      health.close()
      for (const kept of apps.values()) kept.round?.stopping.abort(new Error('closing'))
      await Promise.all([...apps.values()].map((kept) => kept.round?.over))
    },
  }
}
