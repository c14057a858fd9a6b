import { places } from '@berth/domain'
import type { Keeper } from '../app/keeper.ts'
import type { Parts } from '../parts.ts'
import { berthLine, type Told } from './berth-line.ts'
import { collectLogs } from './collect-logs.ts'
import { routerLine } from './router-line.ts'

/** Everything that comes into the logs of apps: what containers print, requests, and what the platform says. */
export type IncomingLogs = {
  /** What containers print is taken over from here on. */
  begin(): Promise<void>
  /** For the platform: a line in the log of an app. Returns at once and never throws. */
  say(appId: string, told: Told): void
  flush(appId: string): Promise<void>
  /** The app is gone, and its log goes. */
  forget(appId: string): Promise<void>
  close(): Promise<void>
}

export function openIncomingLogs(
  parts: Pick<Parts, 'settings' | 'stores' | 'engine' | 'appLogs' | 'accessLog' | 'report'>,
  keeper: Pick<Keeper, 'keptApp'>,
): IncomingLogs {
  const { settings, stores, engine, appLogs, accessLog, report } = parts
  const collector = collectLogs({
    engine,
    appLogs,
    directoryOf: (appId) => `${places(settings).appLogs}/${appId}`,
    apps: () => stores.apps.all(),
    report,
  })
  const unsubscribe = accessLog.subscribe((line) => {
    if (keeper.keptApp(line.routeId)?.app) collector.tell(line.routeId, routerLine(line))
  })
  return {
    begin: collector.begin,
    say: (appId, told) => collector.tell(appId, berthLine(told)),
    flush: collector.flush,
    forget: collector.forget,
    async close() {
      unsubscribe()
      await collector.close()
    },
  }
}
