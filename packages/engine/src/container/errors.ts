import { errorTable, printable } from '@berth/domain'

/** What can go wrong with containers, in words that a person who pushes can use. */
export const containerError = errorTable({
  'CONTAINER.NOT_FOUND': {
    message: (details: { id: string }) => `There is no container ${printable(details.id)}.`,
    hint: () => 'It may have been removed; list the containers to see which there are.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.NAME_TAKEN': {
    message: (details: { name: string }) => `There is a container named ${printable(details.name)} already.`,
    hint: () => 'Remove it, or choose another name.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.INVALID': {
    message: (details: { what: string; given: string }) =>
      `${printable(details.given)} is not a valid ${details.what}.`,
    hint: (details: { what: string }) => `Correct the ${details.what} and try again.`,
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.START_FAILED': {
    message: (details: { reason: string }) => `The container could not be started: ${details.reason}.`,
    hint: () => 'Check the command, the user and the working directory that the image and the Procfile name.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.PROGRAM_NOT_FOUND': {
    message: ({ program }: { program: string }) =>
      `The program ${printable(program)} was not found in the image.`,
    hint: () =>
      'Check how it is written, and that the image holds it, on its PATH or at the path that was said.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.PROGRAM_NOT_EXECUTABLE': {
    message: ({ program, reason }: { program: string; reason: string }) =>
      `The program ${printable(program)} could not be started: ${reason}.`,
    hint: () => 'Give it the permission in the Dockerfile, for example with `RUN chmod +x`, or name another.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.DISK_FULL': {
    message: () => 'The container could not be started: the disk of the machine is full.',
    hint: () =>
      'Make room, for example with `berth image prune`, and try again. Containers that run can be stopped and removed.',
    fault: 'system',
    retryable: true,
  },
  'CONTAINER.UNSAFE_IMAGE': {
    message: (details: { path: string; found: string }) =>
      `The image has ${details.found} at ${printable(details.path)}, where a directory belongs.`,
    hint: () =>
      'Such an image could reach out of its container. Build it again with a plain directory there.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.NOT_RUNNING': {
    message: (details: { id: string }) => `The container ${printable(details.id)} does not run.`,
    hint: () => 'Start it first.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.PAUSED': {
    message: (details: { id: string }) => `The container ${printable(details.id)} is paused.`,
    hint: () => 'Resume it first.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.NOT_PAUSED': {
    message: (details: { id: string }) => `The container ${printable(details.id)} is not paused.`,
    hint: () => 'Only what was paused can be resumed.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.EXEC_FAILED': {
    message: (details: { reason: string }) =>
      `The command could not be run in the container: ${details.reason}.`,
    hint: () => 'Check that the program is in the image, and the user and the working directory.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.TOO_MANY_COMMANDS': {
    message: (details: { id: string; most: number }) =>
      `${details.most} commands are being run in the container ${printable(details.id)} already.`,
    hint: () => 'Wait until one of them has ended.',
    fault: 'user',
    retryable: true,
  },
  'CONTAINER.NO_TERMINAL': {
    message: () => 'The process has no terminal whose size could be changed.',
    hint: () => 'Ask for a terminal when it is started.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.PATH_NOT_FOUND': {
    message: (details: { path: string; what: 'file' | 'directory' }) =>
      `The container has no ${details.what} at ${printable(details.path)}.`,
    hint: () => 'Look at what is there first; what is copied in goes into a directory.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.PATH_REFUSED': {
    message: (details: { path: string; reason: string }) =>
      `${printable(details.path)} cannot be copied there: ${details.reason}.`,
    hint: () => 'Choose another place, or remove what stands in the way.',
    fault: 'user',
    retryable: false,
  },
  'CONTAINER.STUCK': {
    message: (details: { id: string; timeoutMs: number }) =>
      `The container ${printable(details.id)} did not end within ${details.timeoutMs} ms of being killed.`,
    hint: () => 'A process of it may wait for a disk that does not answer. Look at the kernel’s log.',
    fault: 'system',
    retryable: true,
  },
  'CONTAINER.LIMIT_UNSUPPORTED': {
    message: (details: { what: string; hint?: string }) => `This machine cannot limit ${details.what}.`,
    hint: ({ hint }: { what: string; hint?: string }) =>
      hint ??
      'Leave that limit out, or give the machine what it takes: a kernel that counts it, or a higher limit of its own.',
    fault: 'system',
    retryable: false,
  },
  'CONTAINER.PORT_TAKEN': {
    message: (details: { port: string; by: string }) => `The port ${details.port} is taken by ${details.by}.`,
    hint: () => 'Stop what listens there, or publish another port.',
    fault: 'user',
    retryable: true,
  },
  'CONTAINER.NO_ROOM': {
    message: (details: { what: string }) => `There is no free ${details.what} left for another container.`,
    hint: () => 'Remove containers or apps that are not needed any more.',
    fault: 'system',
    retryable: true,
  },
  'CONTAINER.ENGINE_BUSY': {
    message: (details: { path: string }) => `Another process has the engine open (it holds ${details.path}).`,
    hint: () => 'Stop the other worker first; `berth up` starts only one.',
    fault: 'system',
    retryable: true,
  },
  'CONTAINER.HOST_UNFIT': {
    message: (details: { missing: string }) => `This machine lacks what containers need: ${details.missing}.`,
    hint: () => 'Run `npm run setup`, which installs it.',
    fault: 'system',
    retryable: false,
  },
})

/** A start that failed on the machine's side, not through what was asked for. */
export function startFailed(reason: string, options?: ErrorOptions) {
  return containerError['CONTAINER.START_FAILED']({ reason: reason.replace(/[.\s]+$/, '') }, options)
}

export function execFailed(reason: string, options?: ErrorOptions) {
  return containerError['CONTAINER.EXEC_FAILED']({ reason: reason.replace(/[.\s]+$/, '') }, options)
}

export function pathRefused(path: string | Buffer, reason: string) {
  return containerError['CONTAINER.PATH_REFUSED']({ path: path.toString(), reason })
}
