import type { App } from '@berth/domain'
import type { RegistryStore } from '@berth/registry'

/**
 * Removes what the registry keeps for apps that are no more, and what no repository needs; every hour, one cleaning at a time.
 * An app that is made while it works loses nothing: only repositories that were there before the apps were asked for are
 * looked at. The store keeps blobs and uploads of pushes that are under way.
 */
export type Cleaned = {
  store: Pick<RegistryStore, 'repositories' | 'removeRepository' | 'collectGarbage'>
  apps: { all(): Promise<readonly Pick<App, 'id'>[]> }
}

const everyMs = 60 * 60_000

/** `stop`: none begins any more. What fails is told, and tried again with the next. */
export function startCleaning({ onBug, ...cleaned }: Cleaned & { onBug(error: unknown): void }) {
  const next = () => setTimeout(work, everyMs).unref()
  let waiting = next()
  let stopped = false
  async function work(): Promise<void> {
    await cleanRegistry(cleaned).catch(onBug)
    if (!stopped) waiting = next()
  }
  return {
    stop() {
      stopped = true
      clearTimeout(waiting)
    },
  }
}

export async function cleanRegistry({ store, apps }: Cleaned): Promise<void> {
  const keys = await store.repositories()
  const known = new Set((await apps.all()).map(({ id }) => id))
  for (const key of keys) {
    const [appId = ''] = key.split('/')
    if (!known.has(appId as App['id'])) await store.removeRepository(key)
  }
  await store.collectGarbage(new Date())
}
