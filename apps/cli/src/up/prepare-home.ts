import { chmod, chown, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SystemUser } from '@berth/database/cluster/system-user.ts'
import { places, type Settings } from '@berth/domain'

/** Makes the directories of home and run, each with its owner. Others may pass through, and read nothing. */
export async function prepareHome(settings: Settings, berth: SystemUser): Promise<void> {
  const place = places(settings)
  const root = { uid: 0, gid: 0 }
  const shared = { uid: 0, gid: berth.gid }
  await directory(settings.home, root, 0o711)
  await directory(settings.run, root, 0o755)
  await directory(place.engine, root, 0o711)
  await directory(place.engineRun, root, 0o711)
  await directory(place.repositories, berth, 0o750)
  await directory(place.receiver, berth, 0o700)
  await directory(place.registry, berth, 0o700)
  await directory(place.frontDoor, root, 0o755)
  await directory(dirname(place.haproxyAdminSocket), root, 0o755)
  await directory(`${settings.home}/logs`, shared, 0o750)
  await directory(place.appLogs, shared, 0o750)
  await directory(place.stageLogs, shared, 0o750)
  await directory(place.secrets, shared, 0o750)
  await directory(dirname(place.rootCode), root, 0o755)
  await directory(place.rootCode, root, 0o700)
  await directory(place.berthCode, berth, 0o700)
}

async function directory(path: string, owner: SystemUser, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode })
  await chown(path, owner.uid, owner.gid)
  await chmod(path, mode)
}
