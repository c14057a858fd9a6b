import type { App, EventSink, Release } from '@berth/domain'
import type { Engine, Image } from '@berth/engine'
import type { AppRoute } from './app-route.ts'
import type { Facts } from './instance.ts'
import type { DeployTimes } from './limits.ts'

/** What the executors of an app's steps work with. */
export type Undertaking = {
  app: App
  /** Null where nothing should run: then there are only things to be stopped and removed. */
  subject: Subject | null
  engine: Engine
  route: AppRoute
  facts: Facts
  times: DeployTimes
  /** The directory of the app's logs. */
  logDirectory: string
  /** What the app is called from outside: health checks ask for it. */
  host: string
  sink: EventSink
  /** Aborted when the worker closes: what runs is left to the next one. */
  closing: AbortSignal
  /** Called when one more instance was found healthy. */
  foundHealthy(): void
  /** Called before the route is switched: from here on there is no way back. */
  beforeSwitch(): Promise<void>
}

/** The release that should run, and the deployment that is to be on the labels. */
export type Subject = {
  release: Release
  deploymentId: string
  /** 40 hex digits; null where the image was not built from a push. */
  commit: string | null
  image: Image
  /** The image has an executable `sh`. */
  hasShell: boolean
  port: number
  /** The directory of this machine that holds the release's secret files; null: it has none. */
  secretFiles: string | null
}

export function subjectOf(undertaking: Pick<Undertaking, 'app' | 'subject'>): Subject {
  if (undertaking.subject === null) throw new Error(`nothing of ${undertaking.app.name} should run`)
  return undertaking.subject
}
