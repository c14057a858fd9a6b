import type { App, Person } from '@berth/domain'
import { releaseError } from './errors.ts'

type Who = (id: string) => Promise<Pick<Person, 'name'> | null>

/**
 * Whoever wants to bring something new to an app asks here first: pushes, other configuration or limits, rollbacks, images.
 * What is released already is started again, scaled and stopped whether the app is locked or not.
 * @throws RELEASE.APP_LOCKED
 */
export async function assertUnlocked({ name, lock }: Pick<App, 'name' | 'lock'>, who: Who): Promise<void> {
  if (lock === null) return
  const by = lock.byId === null ? null : await who(lock.byId)
  throw releaseError['RELEASE.APP_LOCKED']({ app: name, by: by?.name ?? null, ...lock })
}
