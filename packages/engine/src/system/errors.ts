import { errorTable, printable } from '@berth/domain'

/** What can go wrong between the engine and the kernel. */
export const systemError = errorTable({
  'SYSTEM.DISK_FULL': {
    message: (details: { path: string }) =>
      `The disk that holds ${details.path} is full: no file can be made there.`,
    hint: () =>
      'Remove files of others from it, or make it larger. Containers run on meanwhile; logs are what may go first.',
    fault: 'system',
    retryable: true,
  },
  'SYSTEM.MOUNTS_NOT_PRIVATE': {
    message: () => 'The engine was started in the machine’s own mount namespace.',
    hint: () =>
      'Start the process with `unshare --mount --propagation private -- …`, as `berth up` does: mounts of containers must not fill the table that every process reads.',
    fault: 'system',
    retryable: false,
  },
  'SYSTEM.NOT_ROOT': {
    message: () => 'The engine needs root to mount file systems and to start containers.',
    hint: () => 'Start it as root.',
    fault: 'system',
    retryable: false,
  },
  'SYSTEM.ID_MAPPED_MOUNT_UNSUPPORTED': {
    message: (details: { reason: string }) =>
      `This kernel or file system has no id-mapped mounts: ${details.reason}.`,
    hint: () => 'Use a kernel of 5.19 or later, and keep BERTH_HOME on ext4, xfs or btrfs.',
    fault: 'system',
    retryable: false,
  },
  'SYSTEM.TOO_MANY_LAYERS': {
    message: (details: { layers: number; limit: number }) =>
      `A root file system of ${details.layers} layers cannot be mounted; ${details.limit} is the limit.`,
    hint: () => 'Join instructions in the Dockerfile, or start from an image with fewer layers.',
    fault: 'user',
    retryable: false,
  },
  'FILE.TOO_MANY_LINKS': {
    message: (details: { path: string }) =>
      `${printable(details.path)} leads through more than 40 symbolic links.`,
    hint: () => 'Look for a symbolic link that leads back to itself.',
    fault: 'user',
    retryable: false,
  },
  'FILE.INVALID_PATH': {
    message: (details: { path: string }) => `${printable(details.path)} is not a path.`,
    hint: () => 'A path holds no NUL and has at most 4,096 bytes.',
    fault: 'user',
    retryable: false,
  },
  'LAYER.INVALID': {
    message: (details: { path: string; reason: string }) =>
      `${printable(details.path)} cannot be part of a layer: ${details.reason}.`,
    hint: () => 'Remove that file in the same step that makes it.',
    fault: 'user',
    retryable: false,
  },
  'LAYER.NOT_FOUND': {
    message: (details: { id: string }) => `There is no layer ${printable(details.id)}.`,
    hint: () => 'Build or import the image again.',
    fault: 'system',
    retryable: false,
  },
  'STORE.BUSY': {
    message: () => 'The image store is in use by builds or other work.',
    hint: () => 'Try again when the running builds have ended.',
    fault: 'system',
    retryable: true,
  },
})
