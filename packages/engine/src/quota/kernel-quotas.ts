import { closeSync, constants, openSync } from 'node:fs'
import type { DiskLimits } from '../port/volumes.ts'
import { controlQuota, type ProjectAttributes, projectOf, setProject } from '../system/syscalls.ts'
import type { QuotaCalls, QuotaLook } from './quota-calls.ts'

/**
 * The kernel's own, the same calls for ext4 and xfs: since Linux 4.1 its quota layer translates between theirs
 * (fs/quota/quota.c). Source of numbers and structures: quotactl(2); include/uapi/linux/quota.h, struct if_dqblk;
 * include/uapi/linux/dqblk_xfs.h, struct fs_quota_stat.
 */
const request = { look: 0x800007, setLimits: 0x800008, state: 0x5805 }
const lookBytes = 72
const stateBytes = 80
const counts = 1 << 4
const enforces = 1 << 5
const blockBytes = 1024
/** QIF_BLIMITS and QIF_ILIMITS: of the words, the limits are meant. */
const limitsAreMeant = 1 | 4

/** `directory`: on the file system that is meant. `device`: where it is, for kernels before 5.14. */
export function kernelQuotas({ directory, device }: { directory: string; device: string }): QuotaCalls {
  const control = (which: number, project: number, words: Buffer) =>
    withOpen(directory, (descriptor) =>
      controlQuota({ descriptor, device }, { request: which, project, words }),
    )
  return {
    state() {
      const words = Buffer.alloc(stateBytes)
      if (!wasKnown(() => control(request.state, 0, words))) return 'none'
      const flags = words.readUInt16LE(2)
      if ((flags & enforces) !== 0) return 'enforced'
      return (flags & counts) !== 0 ? 'counted' : 'none'
    },
    look(project) {
      const words = Buffer.alloc(lookBytes)
      // Of a project that never had anything, xfs says that there is none.
      wasKnown(() => control(request.look, project, words))
      return readLook(words)
    },
    setLimits: (project, limits) => control(request.setLimits, project, limitWords(limits)),
    projectOf(path) {
      try {
        return withOpen(path, projectOf)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    setProject: (path, attributes: ProjectAttributes) =>
      withOpen(path, (descriptor) => setProject(descriptor, attributes)),
  }
}

export function readLook(words: Buffer): QuotaLook {
  const number = (at: number) => Number(words.readBigUInt64LE(at))
  return {
    used: { bytes: number(16), files: number(40) },
    limits: { bytes: number(0) * blockBytes || null, files: number(24) || null },
  }
}

export function limitWords({ bytes, files }: DiskLimits): Buffer {
  const words = Buffer.alloc(lookBytes)
  words.writeBigUInt64LE(BigInt(Math.ceil((bytes ?? 0) / blockBytes)), 0)
  words.writeBigUInt64LE(BigInt(files ?? 0), 24)
  words.writeUInt32LE(limitsAreMeant, 64)
  return words
}

/** What kernels say where a file system has no such quotas, they are off, or there is nothing of a project. */
const absent = ['ENOSYS', 'ENOTTY', 'EINVAL', 'ESRCH', 'ENOENT', 'EOPNOTSUPP', 'ENOTSUP', 'ENODEV', 'ENOTBLK']

function wasKnown(ask: () => void): boolean {
  try {
    ask()
    return true
  } catch (error) {
    if (absent.includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

/** Never through a link, and without waiting for what is no file. */
function withOpen<Result>(path: string, work: (descriptor: number) => Result): Result {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return work(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
