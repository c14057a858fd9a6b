import { errorTable, printable } from '@berth/domain'

export const imageError = errorTable({
  'IMAGE.NOT_FOUND': {
    message: (details: { reference: string }) => `There is no image ${printable(details.reference)} here.`,
    hint: () =>
      'Import one with `berth image import`, or make a Debian one with `berth image bootstrap debian:bookworm-slim`.',
    fault: 'user',
    retryable: false,
  },
  'IMAGE.INVALID_NAME': {
    message: (details: { reference: string }) => `${printable(details.reference)} is not an image name.`,
    hint: () =>
      'A name reads `debian:bookworm-slim` or `ghcr.io/acme/api:v1`: lower-case words, then a tag of letters, digits, `_`, `.` and `-`.',
    fault: 'user',
    retryable: false,
  },
  'IMAGE.AMBIGUOUS': {
    message: (details: { reference: string }) =>
      `${printable(details.reference)} is the beginning of more than one image's digest.`,
    hint: () => 'Give more digits.',
    fault: 'user',
    retryable: false,
  },
  'IMAGE.IN_USE': {
    message: (details: { reference: string }) =>
      `A container uses the image ${printable(details.reference)}.`,
    hint: () => 'Remove the container first, or give the image another name.',
    fault: 'user',
    retryable: false,
  },
  'IMAGE.INVALID_ARCHIVE': {
    message: (details: { reason: string }) => `The archive does not hold an image: ${details.reason}.`,
    hint: () => 'Make it with `docker save`, `skopeo copy … oci-archive:…`, or a tar of a root file system.',
    fault: 'user',
    retryable: false,
  },
  'IMAGE.DIGEST_MISMATCH': {
    message: (details: { what: string }) =>
      `${printable(details.what)} in the archive is not what its digest says.`,
    hint: () => 'The archive is damaged or was tampered with. Make it again.',
    fault: 'user',
    retryable: false,
  },
  'IMAGE.WRONG_PLATFORM': {
    message: (details: { found: string; needed: string }) =>
      `The image is made for ${printable(details.found)}; this machine needs ${details.needed}.`,
    hint: (details: { found: string; needed: string }) => `Save it with \`--platform ${details.needed}\`.`,
    fault: 'user',
    retryable: false,
  },
  'IMAGE.CANNOT_BOOTSTRAP': {
    message: (details: { name: string; reason: string }) =>
      `${printable(details.name)} cannot be made from packages: ${details.reason}.`,
    hint: () =>
      'debian:bookworm, debian:trixie and their -slim tags can be, and ubuntu where its mirror is reached; import others from a file.',
    fault: 'user',
    retryable: false,
  },
})
