import { randomUUID } from 'node:crypto'
import { patiently } from '@berth/deploy'
import { isBerthError, places } from '@berth/domain'
import {
  type AppLogLine,
  type DrainSender,
  type DrainState,
  type Drains,
  drainError,
  httpSender,
  runDrain,
  type SealedDrain,
  type SenderOptions,
  syslogSender,
} from '@berth/observe'
import type { Keeper } from '../app/keeper.ts'
import { allowedAddress } from '../notices/allowed-address.ts'
import type { Parts } from '../parts.ts'
import { drainPlaces } from './drain-places.ts'

/** Every drain that there is, each sending by itself. */
export type RunningDrains = {
  /** Begins what was added and ends what was removed. */
  look(): Promise<void>
  states(appId: string): DrainState[]
  /** Sends one line, beside what is sent. @throws DRAIN.… */
  test(appId: string, id: string): Promise<void>
  close(): Promise<void>
}

type Run = { drain: SealedDrain; state: DrainState; stopping: AbortController; over: Promise<void> }

export function openRunningDrains(
  parts: Pick<Parts, 'settings' | 'stores' | 'appLogs' | 'report'> & {
    drains: Pick<Drains, 'find' | 'open'>
    keeper: Pick<Keeper, 'keptApp'>
    /** Tests have receivers on this machine. */
    senderOptions?: Partial<SenderOptions>
  },
): RunningDrains {
  const { settings, stores, appLogs, drains, report } = parts
  const addressOf = drainAddress(settings.privateHosts)
  const runs = new Map<string, Run>()
  let closed = false

  const nameOf = async (appId: string) =>
    parts.keeper.keptApp(appId)?.app?.name ?? (await stores.apps.get(appId))?.name ?? appId

  function sender(drain: SealedDrain, app: string, after: number): DrainSender {
    const target = drains.open(drain)
    const options = { app, addressOf, after, ...parts.senderOptions }
    return target.kind === 'syslog' ? syslogSender(target, options) : httpSender(target, options)
  }

  async function begin(drain: SealedDrain): Promise<void> {
    const { id, appId } = drain
    const app = await patiently(() => nameOf(appId))
    if (runs.has(id) || closed) return
    const state: DrainState = {
      id,
      sentLines: 0,
      lostLines: 0,
      waitingLines: 0,
      lastSentAt: null,
      problem: null,
    }
    const stopping = new AbortController()
    const over = runDrain({
      ...{ appId, appLogs, state, signal: stopping.signal },
      places: placesOf(drain),
      openSender: (after) => sender(drain, app, after),
    }).catch((error: unknown) => {
      report(`the drain ${drain.shown}`, error)
      // The next look begins it again.
      if (runs.get(id)?.stopping === stopping) runs.delete(id)
    })
    runs.set(id, { drain, state, stopping, over })
  }

  async function end(run: Run): Promise<void> {
    runs.delete(run.drain.id)
    run.stopping.abort()
    await run.over
  }

  function placesOf({ id, appId }: SealedDrain) {
    return drainPlaces(`${places(settings).logHistory}/${appId}/drain-${id}`, report)
  }

  return {
    async look() {
      if (closed) return
      const wanted = await patiently(() => stores.drains.all())
      const ids = new Set(wanted.map(({ id }) => id))
      for (const run of [...runs.values()].filter(({ drain }) => !ids.has(drain.id))) {
        await end(run)
        placesOf(run.drain).remove()
      }
      for (const drain of wanted) if (!runs.has(drain.id)) await begin(drain)
    },
    states: (appId) =>
      [...runs.values()].filter(({ drain }) => drain.appId === appId).map(({ state }) => ({ ...state })),
    async test(appId, id) {
      const drain = await drains.find(appId, id)
      const trial = sender(drain, await nameOf(appId), 0)
      try {
        await trial.send([testLine()])
      } finally {
        await trial.close()
      }
    },
    async close() {
      closed = true
      await Promise.all([...runs.values()].map(end))
    },
  }
}

function testLine(): AppLogLine {
  const text = `This is a test of the drain (${randomUUID().slice(0, 8)}).`
  const about = { instance: 'berth', release: null, stream: 'stdout' } as const
  return { number: 1, at: new Date().toISOString(), source: 'berth', ...about, text }
}

/** The worker stands beside databases and a cloud's own services, which no team may reach through it. */
function drainAddress(privateHosts: readonly string[]) {
  const allowed = allowedAddress(privateHosts)
  return async (host: string, port: number): Promise<string> => {
    try {
      return await allowed(host, port)
    } catch (error) {
      if (!isBerthError(error, 'NOTIFICATION.ADDRESS_REFUSED')) throw error
      throw drainError['DRAIN.ADDRESS_REFUSED']({ host }, { cause: error })
    }
  }
}
