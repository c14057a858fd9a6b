import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { command, localRunner } from '@berth/command'
import { type MountedFileSystem, mountOf } from '../system/mount-table.ts'

/** A disk of its own whose file system holds quotas of projects. */
export type QuotaDisk = { path: string; mounted: MountedFileSystem; remove(): Promise<void> }

const makers = {
  ext4: ['mkfs.ext4', '-q', '-O', 'quota,project'],
  xfs: ['mkfs.xfs', '-q'],
} as const

/** mkfs.xfs makes none of less than 300 MB. */
const diskBytes = 320 * 1024 * 1024

/**
 * Mounted by a loop device in this process's own mount namespace; the device goes with the mount. Or the reason why this
 * machine cannot have one.
 */
export async function makeQuotaDisk(type: keyof typeof makers): Promise<QuotaDisk | { reason: string }> {
  const folder = mkdtempSync('/tmp/berth-quota-disk-')
  // Root in a container is a stranger here, who must get to its root.
  chmodSync(folder, 0o711)
  const [image, path] = [`${folder}/image`, `${folder}/disk`]
  writeFileSync(image, '')
  truncateSync(image, diskBytes)
  mkdirSync(path)
  const remove = async () => {
    await localRunner.run(command('umount', '--lazy', '--', path), { okStatuses: [0, 1, 32] })
    rmSync(folder, { recursive: true })
  }
  try {
    await localRunner.run({ argv: [...makers[type], image] })
    await localRunner.run(command('mount', '-t', type, '-o', 'loop,prjquota', '--', image, path))
    return { path, mounted: mountOf(path), remove }
  } catch (error) {
    await remove()
    return { reason: `no ${type} with quotas of projects here: ${(error as Error).message.split('\n')[0]}` }
  }
}
