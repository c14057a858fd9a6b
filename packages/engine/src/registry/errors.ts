import { errorTable, printable } from '@berth/domain'

export const registryError = errorTable({
  'REGISTRY.UNREACHABLE': {
    message: (details: { registry: string; reason: string }) =>
      `The registry ${printable(details.registry)} cannot be reached: ${details.reason}.`,
    hint: () =>
      'Look at the network and the name, or bring the image here as a file: `docker save` there, `berth image import` here.',
    fault: 'system',
    retryable: true,
  },
  'REGISTRY.NOT_FOUND': {
    message: (details: { reference: string }) =>
      `The registry has no ${printable(details.reference)}, or shows it only to others.`,
    hint: () =>
      'Look at the spelling and the tag. If the image is private, give credentials for its registry.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.DENIED': {
    message: (details: { registry: string; reference: string }) =>
      `The registry ${printable(details.registry)} does not allow this for ${printable(details.reference)}.`,
    hint: () => 'Give credentials for this registry, or check what those that were given may do.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.LIMITED': {
    message: (details: { registry: string }) =>
      `The registry ${printable(details.registry)} answers that it has had too many requests.`,
    hint: () => 'Try again later. Credentials or a mirror usually raise the limit.',
    fault: 'system',
    retryable: true,
  },
  'REGISTRY.FAILED': {
    message: (details: { registry: string; reason: string }) =>
      `The registry ${printable(details.registry)} failed: ${details.reason}.`,
    hint: () => 'Try again. If it goes on, its operator can tell more.',
    fault: 'system',
    retryable: true,
  },
  'REGISTRY.INVALID': {
    message: (details: { registry: string; reason: string }) =>
      `What the registry ${printable(details.registry)} sent cannot be used: ${details.reason}.`,
    hint: () => 'Nothing of it was kept. The image is damaged there, or this is not a registry.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.DIGEST_MISMATCH': {
    message: (details: { what: string }) =>
      `What the registry sent as ${printable(details.what)} is something else.`,
    hint: () =>
      'Nothing of it was kept. It was damaged on the way or tampered with; try again, or look at the registry.',
    fault: 'system',
    retryable: true,
  },
  'REGISTRY.TOO_LARGE': {
    message: (details: { what: string; limitBytes: number }) =>
      `The registry sent more than ${details.limitBytes.toLocaleString('en')} bytes for ${printable(details.what)}.`,
    hint: () => 'Nothing of it was kept. The image is damaged there, or this is not a registry.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.UNSUPPORTED': {
    message: (details: { reference: string; what: string }) =>
      `${printable(details.reference)} cannot be used: ${details.what}.`,
    hint: () => 'Push the image again with a current tool, then pull it from there.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.INSECURE': {
    message: (details: { registry: string; host: string }) =>
      `The registry ${printable(details.registry)} leads to ${printable(details.host)} without encryption.`,
    hint: () => 'Plain HTTP is used only for hosts that the engine was told to trust so.',
    fault: 'user',
    retryable: false,
  },
})
