import { posix } from 'node:path'
import type { CopyInstruction } from '../dockerfile/instruction.ts'
import { fail } from '../dockerfile/line-parts.ts'
import { type Place, quoted } from '../dockerfile/source-text.ts'
import { parseGitAddress } from './git-address.ts'
import { percentDecoded } from './percent-decoded.ts'
import type { RemoteSource } from './plan.ts'

/** What the flags of ADD say of the sources that it fetches. */
export type RemoteOptions = Pick<CopyInstruction, 'keyword' | 'place' | 'unpack' | 'keepGitDirectory'> & {
  checksum: string | null
}

/**
 * A source that is fetched: a repository (`https://….git`, `git://`, `ssh://`, `user@host:path`) or a file
 * (`http://`, `https://`). Undefined: it is a path. Reference: BuildKit's frontend/dockerfile/dockerfile2llb/convert_copy.go.
 * @throws BUILD.SYNTAX
 */
export function remoteSource(source: string, options: RemoteOptions): RemoteSource | undefined {
  const { place } = options
  const git = parseGitAddress(source, place)
  const isFile = git === undefined && /^https?:\/\//i.test(source)
  if (git === undefined && !isFile) {
    const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(source)?.[0]
    if (scheme === undefined) return undefined
    fail(
      place,
      `${options.keyword} cannot fetch from ${quoted(scheme)}.`,
      'It knows http, https, git and ssh.',
    )
  }
  if (options.keyword === 'COPY') {
    fail(place, `COPY takes files that are there already, not ${quoted(source)}.`, 'Use ADD to fetch it.')
  }
  if (git === undefined) return file(source, options)
  const { keepGitDirectory, checksum, submodules, ...where } = git
  return {
    kind: 'git',
    ...where,
    submodules: submodules ?? true,
    keepGitDirectory: agreed('keep-git-dir', [options.keepGitDirectory, keepGitDirectory], place) ?? false,
    checksum: commit(agreed('checksum', [options.checksum, checksum], place), place),
  }
}

/** The flag and the address may both say it, if they say the same. */
function agreed<Value>(name: string, [flag, address]: [Value | null, Value | null], place: Place) {
  if (flag !== null && address !== null && flag !== address) {
    fail(place, `the flag --${name} and the address say different things.`)
  }
  return address ?? flag
}

function commit(checksum: string | null, place: Place): string | null {
  if (checksum === null || /^[0-9a-f]{4,64}$/i.test(checksum)) return checksum
  fail(place, `the checksum of a repository is a commit in hexadecimal; this is ${quoted(checksum)}.`)
}

function file(url: string, { place, checksum, unpack }: RemoteOptions): RemoteSource {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || /[\s\p{Cc}]/u.test(url)) fail(place, `${quoted(url)} is no address.`)
  if (checksum !== null && !/^sha256:[0-9a-f]{64}$/.test(checksum)) {
    fail(place, `--checksum is sha256: and 64 hexadecimal digits; this is ${quoted(checksum)}.`)
  }
  return { kind: 'url', url, name: fileName(parsed), checksum, unpack: unpack ?? false }
}

function fileName({ pathname }: URL): string {
  const name = posix.basename(percentDecoded(pathname))
  return ['', '.', '..', '/'].includes(name) || name.includes('\0') ? '__unnamed__' : name
}

/** @throws BUILD.SYNTAX */
export function checkChecksum(
  options: RemoteOptions,
  sources: number,
  remote: readonly RemoteSource[],
): void {
  if (options.checksum === null) return
  if (sources !== 1) fail(options.place, '--checksum needs exactly one source.')
  if (remote.length === 0)
    fail(options.place, '--checksum is for what is fetched: an address or a repository.')
}
