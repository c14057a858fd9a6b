import { errorTable, printable } from '@berth/domain'

export const sourceError = errorTable({
  'SOURCE.SUBMODULE': {
    message: (details: { path: string }) => `${printable(details.path)} is a git submodule.`,
    hint: () =>
      'Only the pushed repository is built. Commit the files themselves, or fetch them in the Dockerfile.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.LFS_POINTER': {
    message: (details: { path: string }) =>
      `${printable(details.path)} is a Git LFS pointer: its content is not in the repository.`,
    hint: () =>
      'Commit the file itself (`git lfs migrate export` takes it out of LFS), or download it in the Dockerfile.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.BAD_PATH': {
    message: (details: { path: string; reason: string }) =>
      `The file name ${printable(details.path)} cannot be built: ${details.reason}.`,
    hint: () => 'Rename the file, commit, and push again.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.TOO_MANY_FILES': {
    message: (details: { limit: number }) =>
      `The commit has more than ${details.limit.toLocaleString('en')} files.`,
    hint: () => 'Take generated files and dependencies (node_modules, vendor) out of the repository.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.TOO_LARGE': {
    message: (details: { limitBytes: number }) =>
      `The files of the commit have more than ${Math.round(details.limitBytes / 1024 ** 2)} MB.`,
    hint: () => 'Take large files out of the repository and download them in the Dockerfile.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.FILE_TOO_LARGE': {
    message: (details: { path: string; limitBytes: number }) =>
      `${printable(details.path)} has more than ${Math.round(details.limitBytes / 1024)} kB.`,
    hint: () => 'Berth reads this file itself, so it must be small.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.NOT_A_FILE': {
    message: (details: { path: string }) => `${printable(details.path)} is a link, not a file.`,
    hint: () => 'Berth reads this file itself and follows no links. Commit the file in its place.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.COMMIT_NOT_FOUND': {
    message: (details: { commit: string }) =>
      `The commit ${printable(details.commit)} is not in the repository.`,
    hint: () => 'Push it again.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.NOT_FETCHED': {
    message: (details: { url: string; reason: string }) =>
      `${printable(details.url)} could not be fetched: ${details.reason.replace(/\p{C}/gu, '?')}.`,
    hint: () =>
      'Check the address and the branch. A private repository needs an account for its host: berth registry login HOST',
    fault: 'user',
    retryable: true,
  },
  'SOURCE.PUSH_GONE': {
    message: () => 'The push was broken off: its files are no longer here.',
    hint: () => 'Push again.',
    fault: 'user',
    retryable: false,
  },
  'SOURCE.BAD_QUARANTINE': {
    message: (details: { path: string }) =>
      `${printable(details.path)} is not a place where git keeps a push of this repository.`,
    hint: () => 'Push again. If it happens once more, please report it.',
    fault: 'system',
    retryable: false,
  },
  'SOURCE.READ_FAILED': {
    message: (details: { what: string }) => `git could not read ${printable(details.what)}.`,
    hint: () => 'The repository may be damaged: push again, or delete and create the app.',
    fault: 'system',
    retryable: true,
  },
})
