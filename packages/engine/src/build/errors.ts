import { errorTable } from '@berth/domain'
import { excerpt, type Place, placeName, quoted } from '../dockerfile/source-text.ts'
import type { DiskUse } from '../engine.ts'
import type { Overspent } from './disk-budget.ts'

/**
 * What can go wrong between a tree with a Dockerfile and an image. Errors that belong to a line of the Dockerfile name
 * it as `path:line` and show the lines around it.
 */
export const buildError = errorTable({
  'BUILD.NO_DOCKERFILE': {
    message: (details: { path: string; example: string }) =>
      `There is no ${quoted(details.path)} in this revision.`,
    hint: (details: { path: string; example: string }) =>
      `Add one at the top of the repository and push again. For example:\n\n${details.example}`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.DOCKERFILE_OUTSIDE': {
    message: (details: { path: string }) =>
      `The Dockerfile's path ${quoted(details.path)} leads out of the repository.`,
    hint: () => 'Name a path within the repository, such as Dockerfile or docker/Dockerfile.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.SYNTAX': {
    message: (details: { place: Place; problem: string; hint?: string }) =>
      at(details.place, details.problem),
    hint: (details: { place: Place; problem: string; hint?: string }) =>
      details.hint ?? `Correct line ${details.place.line} of ${details.place.source.path} and push again.`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.UNKNOWN_INSTRUCTION': {
    message: (details: { place: Place; given: string; near: string | undefined }) =>
      at(details.place, `there is no instruction ${quoted(details.given)}.`),
    hint: (details: { place: Place; given: string; near: string | undefined }) =>
      details.near === undefined
        ? 'A line begins with an instruction such as FROM, RUN or COPY. Did the line before end without a backslash?'
        : `Did you mean ${details.near}?`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.UNKNOWN_FLAG': {
    message: (details: { place: Place; keyword: string; given: string; near: string | undefined }) =>
      at(details.place, `${details.keyword} has no flag ${quoted(`--${details.given}`)}.`),
    hint: (details: { place: Place; keyword: string; given: string; near: string | undefined }) =>
      details.near === undefined
        ? `Remove the flag, or look at what ${details.keyword} knows.`
        : `Did you mean --${details.near}?`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.UNSUPPORTED': {
    message: (details: { place: Place; what: string; instead: string }) =>
      at(details.place, `Berth does not know ${details.what} yet.`),
    hint: (details: { place: Place; what: string; instead: string }) => details.instead,
    fault: 'user',
    retryable: false,
  },
  'BUILD.IGNORE_FILE': {
    message: (details: { place: Place; problem: string }) => at(details.place, details.problem),
    hint: (details: { place: Place; problem: string }) =>
      `Correct line ${details.place.line} of ${details.place.source.path} and push again.`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.TARGET_NOT_FOUND': {
    message: (details: { target: string; stages: readonly string[]; near?: string }) =>
      `The Dockerfile has no stage ${quoted(details.target)}.`,
    hint: (details: { target: string; stages: readonly string[]; near?: string }) =>
      details.stages.length === 0
        ? 'None of its stages has a name.'
        : `${details.near === undefined ? '' : `Did you mean ${details.near}? `}Its stages: ${details.stages.join(', ')}.`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.CHECKS_FAILED': {
    message: (details: { place: Place; rules: readonly string[] }) =>
      at(details.place, `the Dockerfile's own checks failed: ${details.rules.join(', ')}.`),
    hint: () =>
      'The warnings above say why. A rule is left out with "# check=skip=NAME" at the top of the file.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.SOURCE_NOT_FOUND': {
    message: (details: { place: Place; path: string; from: string; ignored: boolean }) =>
      at(details.place, `there is no ${quoted(details.path)} in ${details.from}.`),
    hint: (details: { place: Place; path: string; from: string; ignored: boolean }) =>
      details.ignored
        ? `The file is in the repository, but .dockerignore leaves it out.`
        : `Is it committed, and spelled as in ${details.from}?`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.COPY_CONFLICT': {
    message: (details: { place: Place; problem: string }) => at(details.place, details.problem),
    hint: () => 'Copy to another path, or remove what is in the way with a RUN before it.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.ARCHIVE_INVALID': {
    message: (details: { place: Place; path: string; problem: string }) =>
      at(details.place, `the archive ${quoted(details.path)} cannot be unpacked: ${details.problem}`),
    hint: () => 'Use COPY to take the archive as it is.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.USER_UNKNOWN': {
    message: (details: { place: Place; user: string }) =>
      at(details.place, `the image has no user or group ${quoted(details.user)}.`),
    hint: () => 'Create it with a RUN before this line, or give numbers.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.TOO_LARGE': {
    message: (details: { what: string; limit: string }) => `${details.what} is more than ${details.limit}.`,
    hint: () => 'Leave files out with a .dockerignore, or split the build.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.REMOTE_FAILED': {
    message: (details: { place: Place; url: string; problem: string }) =>
      at(details.place, `${quoted(details.url)} cannot be fetched: ${details.problem}.`),
    hint: () => 'Is the address right, and can the machine that builds reach it?',
    fault: 'user',
    retryable: true,
  },
  'BUILD.REMOTE_REFUSED': {
    message: (details: { place: Place; url: string; problem: string }) =>
      at(details.place, `${quoted(details.url)} is not fetched: ${details.problem}.`),
    hint: () =>
      'Builds fetch from public addresses only. Who runs the machine may allow others; or put the file into the repository.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.HOST_KEY_UNKNOWN': {
    message: (details: { place: Place; host: string }) =>
      at(
        details.place,
        `nothing says which key ${quoted(details.host)} has, so ssh cannot tell it from another host.`,
      ),
    hint: () =>
      'Give the build a known_hosts file with its key (berth engine build --known-hosts FILE), from who runs the host.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.CHECKSUM_MISMATCH': {
    message: (details: { place: Place; url: string; expected: string; found: string }) =>
      at(details.place, `${quoted(details.url)} is not what --checksum says: it has ${details.found}.`),
    hint: (details: { place: Place; url: string; expected: string; found: string }) =>
      `Expected was ${quoted(details.expected)}. If the file was changed rightly, change the line.`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.SECRET_MISSING': {
    message: (details: { place: Place; what: 'secret' | 'SSH agent'; id: string }) =>
      at(
        details.place,
        `the ${details.what} ${quoted(details.id)} is required, but the build was given none.`,
      ),
    hint: (details: { place: Place; what: 'secret' | 'SSH agent'; id: string }) =>
      `Give the build a ${details.what} with the id ${quoted(details.id)}, or leave \`required\` out where the step can do without.`,
    fault: 'user',
    retryable: false,
  },
  'BUILD.STEP_FAILED': {
    message: (details: {
      place: Place
      command: string
      code: number
      signal: string | null
      /** `[build 2/5] RUN …`: of its title what stands in brackets is said. */
      title?: string
    }) =>
      at(
        details.place,
        `${quoted(details.command)} ${ended(details.code, details.signal)}${inStep(details.title)}.`,
      ),
    hint: () => 'The lines above, printed by the command, say why.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.CANNOT_RUN': {
    message: (details: { place: Place; problem: string }) => at(details.place, details.problem),
    hint: () => 'Does the image hold the program, its shell and the user at this line?',
    fault: 'user',
    retryable: false,
  },
  'BUILD.OUT_OF_MEMORY': {
    message: (details: { place: Place; limitBytes: number }) =>
      at(details.place, `killed: out of memory at ${sizeInWords(details.limitBytes)}.`),
    hint: () =>
      'Make the step need less memory (fewer parallel jobs, say), or raise the memory limit of builds.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.TIMED_OUT': {
    message: (details: { place: Place | null; limitMs: number }) =>
      at(details.place, `killed: the build took longer than ${durationInWords(details.limitMs)}.`),
    hint: () =>
      'Does a step wait for input, or for something that never answers? Otherwise raise the time limit.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.OVER_DISK_LIMIT': {
    message: (details: { place: Place; limitBytes: number }) =>
      at(details.place, `killed: the build wrote more than ${sizeInWords(details.limitBytes)} to disk.`),
    hint: () =>
      'Write less, or remove temporary files within the same RUN; otherwise raise the disk limit of builds.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.TOO_MANY_FILES': {
    message: (details: { place: Place; limit: number }) =>
      at(details.place, `killed: the build made more than ${details.limit.toLocaleString('en')} files.`),
    hint: () => 'Make fewer files, or remove those that are not needed within the same RUN.',
    fault: 'user',
    retryable: false,
  },
  'BUILD.DISK_FULL': {
    message: (details: { place: Place | null }) => at(details.place, `the machine's disk is full.`),
    hint: () =>
      'Free space on the machine that builds (`berth image prune` removes unused images), and push again.',
    fault: 'system',
    retryable: true,
  },
})

/** What a build has written too much of. */
export function overspent(what: Overspent, place: Place, limits: DiskUse): Error {
  if (what === 'too many files') return buildError['BUILD.TOO_MANY_FILES']({ place, limit: limits.files })
  return buildError['BUILD.OVER_DISK_LIMIT']({ place, limitBytes: limits.bytes })
}

function at(place: Place | null, sentence: string): string {
  return place === null ? sentence : `${placeName(place)}: ${sentence}\n\n${excerpt(place)}`
}

function inStep(title = ''): string {
  const [name] = /^\[[^\]]*\]/.exec(title) ?? []
  return name === undefined ? '' : ` in step ${name}`
}

function ended(code: number, signal: string | null): string {
  return `ended with exit code ${code}${signal === null ? '' : ` (${signal})`}`
}

/** Limits are round: `2 GB`, `512 MB` (powers of 1,024, as memory limits are given). */
export function sizeInWords(bytes: number): string {
  const [unit, divisor] =
    bytes >= 1024 ** 3 ? ['GB', 1024 ** 3] : bytes >= 1024 ** 2 ? ['MB', 1024 ** 2] : ['KB', 1024]
  return `${Number((bytes / (divisor as number)).toFixed(1))} ${unit}`
}

export function durationInWords(ms: number): string {
  return ms >= 60_000 ? `${Number((ms / 60_000).toFixed(1))} min` : `${Number((ms / 1_000).toFixed(1))} s`
}
