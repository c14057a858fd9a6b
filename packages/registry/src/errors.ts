import { errorTable } from '@berth/domain'

/** What a client of the registry gets to hear; `wire-errors.ts` gives each its HTTP status and its code in the protocol. */
export const registryError = errorTable({
  'REGISTRY.NAME_INVALID': {
    message: (details: { name: string }) => `${JSON.stringify(details.name)} is no name of a repository.`,
    hint: () => 'Lower-case letters, digits, dots, dashes and slashes: shop, or team/shop.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.NAME_UNKNOWN': {
    message: (details: { repository: string }) =>
      `There is no repository ${details.repository} that you may see.`,
    hint: () => 'See the apps that you may see: berth apps',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.DENIED': {
    message: (details: { repository: string; action: string }) =>
      `You may not ${details.action} ${details.repository}.`,
    hint: () => 'Ask an owner or admin of the team for a role that may.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.TAG_RESERVED': {
    message: (details: { repository: string; tag: string }) =>
      `${details.repository}:${details.tag} is kept for a release of the app.`,
    hint: () =>
      'Tags such as v7 are made by deployments. Take another one, or push below the app: APP/NAME:v7.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.DIGEST_INVALID': {
    message: (details: { digest: string }) => `${JSON.stringify(details.digest)} is no digest.`,
    hint: () => 'Digests are sha256: and 64 hex digits.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.TAG_INVALID': {
    message: (details: { tag: string }) => `${JSON.stringify(details.tag)} is no tag.`,
    hint: () => 'Letters, digits, dots, dashes and underscores, 128 at most.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.BLOB_UNKNOWN': {
    message: (details: { digest: string }) => `The repository has no blob ${details.digest}.`,
    hint: () => 'Push it first.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.BLOB_TOO_LARGE': {
    message: (details: { mostBytes: number }) => `A blob may have ${details.mostBytes} bytes at most.`,
    hint: () => 'Make smaller layers.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.DIGEST_MISMATCH': {
    message: (details: { digest: string }) => `What was sent does not have the digest ${details.digest}.`,
    hint: () => 'It was changed on its way: push again.',
    fault: 'user',
    retryable: true,
  },
  'REGISTRY.UPLOAD_UNKNOWN': {
    message: () => 'There is no such upload.',
    hint: () => 'It has ended, or waited for more than a day: begin again.',
    fault: 'user',
    retryable: true,
  },
  'REGISTRY.RANGE_INVALID': {
    message: (details: { atBytes: number }) => `The upload stands at ${details.atBytes} bytes.`,
    hint: () => 'Go on from there.',
    fault: 'user',
    retryable: true,
  },
  'REGISTRY.TOO_MANY_UPLOADS': {
    message: (details: { most: number }) => `More than ${details.most} uploads are under way.`,
    hint: () => 'Wait until some have ended.',
    fault: 'user',
    retryable: true,
  },
  'REGISTRY.MANIFEST_UNKNOWN': {
    message: (details: { reference: string }) => `The repository has no manifest ${details.reference}.`,
    hint: () => 'Look at its tags.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.MANIFEST_INVALID': {
    message: (details: { problem: string }) => `The manifest cannot be taken: ${details.problem}.`,
    hint: () => 'Image manifests and indexes are taken as OCI and Docker (version 2, schema 2) define them.',
    fault: 'user',
    retryable: false,
  },
  'REGISTRY.MANIFEST_BLOB_UNKNOWN': {
    message: (details: { digest: string }) =>
      `The manifest names ${details.digest}, which the repository does not have.`,
    hint: () => 'Push what a manifest names before the manifest.',
    fault: 'user',
    retryable: true,
  },
  'REGISTRY.RELEASE_UNAVAILABLE': {
    message: (details: { release: string; reason: string }) =>
      `The image of release ${details.release} cannot be brought now: ${details.reason}`,
    hint: () => 'Try again. If it goes on, look at the log of the worker.',
    fault: 'system',
    retryable: true,
  },
  'REGISTRY.UNSUPPORTED': {
    message: (details: { what: string }) => `${details.what} is not offered here.`,
    hint: () => 'See the OCI distribution specification, 1.1.',
    fault: 'user',
    retryable: false,
  },
})
