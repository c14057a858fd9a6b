import { patiently, type Subject } from '@berth/deploy'
import type { App, Formation } from '@berth/domain'
import type { Parts } from '../parts.ts'
import { loadSubject } from './load-subject.ts'
import type { Front } from './routes.ts'

/** What should run of an app, as the records say it. Null: there is no such app (any more). */
export async function readKeeping(
  parts: Pick<Parts, 'stores' | 'engine' | 'secretFiles'>,
  appId: string,
): Promise<{ app: App; subject: Subject | null; formation: Formation; front: Front } | null> {
  const { stores } = parts
  const [app, live, domains, ports, door] = await Promise.all([
    patiently(() => stores.apps.get(appId)),
    patiently(() => stores.deployments.live(appId)),
    patiently(() => stores.domains.list(appId)),
    patiently(() => stores.ports.list(appId)),
    patiently(() => stores.doors.current(appId)),
  ])
  if (app === null) return null
  const front = { domains, ports, door }
  if (live === null) return { app, subject: null, formation: {}, front }
  const release = await patiently(() => stores.releases.get(live.releaseId))
  return { ...(await loadSubject(parts, live, release)), front }
}
