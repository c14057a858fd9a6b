import { posix } from 'node:path'
import { fail } from '../dockerfile/line-parts.ts'
import { type Place, quoted } from '../dockerfile/source-text.ts'
import { percentDecoded } from './percent-decoded.ts'

/**
 * A repository as ADD names it, with `#ref:directory` or `?ref=…&subdir=…&checksum=…&keep-git-dir=…` behind it.
 * Nothing in it can be taken for an option of a program. Reference: BuildKit's frontend/dockerfile/dfgitutil and
 * util/gitutil.
 */
export type GitAddress = {
  /** Without what stands behind `?` and `#`. */
  repository: string
  ref: string | null
  /** Within the repository; '' is all of it. */
  subdirectory: string
  checksum: string | null
  keepGitDirectory: boolean | null
  submodules: boolean | null
}

/** `user@host:path`, as ssh has it. */
const sshForm = /^[a-z0-9_][a-z0-9-_]*@[a-z0-9][a-z0-9-.]*:[^\s?#]+/i
const urlForm = /^(https?|git|ssh):\/\/[^\s?#]+/i

/** Undefined: this names no repository. @throws BUILD.SYNTAX */
export function parseGitAddress(text: string, place: Place): GitAddress | undefined {
  const url = urlForm.exec(text)
  const [repository] = url ?? sshForm.exec(text) ?? []
  if (repository === undefined) return undefined
  const isWeb = url?.[1]?.toLowerCase().startsWith('http') === true
  if (isWeb && !repository.endsWith('.git')) return undefined
  if (url !== null) checkUrl(repository, place)
  const [, query = '', fragment = ''] =
    /^(?:\?([^#]*))?(?:#(.*))?$/s.exec(text.slice(repository.length)) ?? []
  const [ref, subdirectory] = splitFragment(url === null ? fragment : percentDecoded(fragment))
  return checked(withQuery(emptyAddress(repository, ref, subdirectory), query, place), place)
}

function emptyAddress(repository: string, ref: string, subdirectory: string): GitAddress {
  return {
    repository,
    ref: ref === '' ? null : ref,
    subdirectory,
    checksum: null,
    keepGitDirectory: null,
    submodules: null,
  }
}

function checkUrl(repository: string, place: Place): void {
  const host = URL.canParse(repository) ? new URL(repository).hostname : ''
  if (host === '' || host.startsWith('-')) fail(place, `${quoted(repository)} is no address.`)
}

function splitFragment(fragment: string): [string, string] {
  const colon = fragment.indexOf(':')
  return colon < 0 ? [fragment, ''] : [fragment.slice(0, colon), fragment.slice(colon + 1)]
}

type Setting = (address: GitAddress, value: string, place: Place) => GitAddress

const settings: Readonly<Record<string, Setting>> = {
  ref: withRef,
  tag: (address, value, place) => withRef(address, prefixed('refs/tags/', value), place),
  branch: (address, value, place) => withRef(address, prefixed('refs/heads/', value), place),
  subdir: (address, value, place) => {
    if (address.subdirectory !== '' && address.subdirectory !== value) conflict('subdir', place)
    return { ...address, subdirectory: value }
  },
  checksum: (address, checksum) => ({ ...address, checksum }),
  commit: (address, checksum) => ({ ...address, checksum }),
  'keep-git-dir': (address, value, place) => ({
    ...address,
    keepGitDirectory: boolean('keep-git-dir', value, place),
  }),
  submodules: (address, value, place) => ({ ...address, submodules: boolean('submodules', value, place) }),
  // How it is fetched, and the times of its files, are not the address's to say here: the content is the same.
  mtime: (address) => address,
  'fetch-by-commit': (address) => address,
}
const mayBeEmpty: ReadonlySet<string> = new Set(['keep-git-dir', 'submodules', 'fetch-by-commit'])

function withQuery(address: GitAddress, query: string, place: Place): GitAddress {
  const pairs = [...new URLSearchParams(query)]
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) {
    fail(place, 'the address gives a value twice behind its "?".')
  }
  return pairs.reduce((known, [name, value]) => {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
    if (setting === undefined) {
      fail(
        place,
        `the address of a repository has no ${quoted(name)}.`,
        `It may have ${Object.keys(settings).join(', ')}.`,
      )
    }
    if (value === '' && !mayBeEmpty.has(name)) fail(place, `${quoted(name)} in the address has no value.`)
    return setting(known, value, place)
  }, address)
}

function withRef(address: GitAddress, ref: string, place: Place): GitAddress {
  if (address.ref !== null && address.ref !== ref) conflict('ref', place)
  return { ...address, ref }
}

function prefixed(prefix: string, value: string): string {
  return value.startsWith(prefix) ? value : prefix + value
}

function boolean(name: string, value: string, place: Place): boolean {
  if (/^(?:1|t|true)?$/i.test(value)) return true
  if (/^(?:0|f|false)$/i.test(value)) return false
  fail(place, `${name} in the address may be true or false; this is ${quoted(value)}.`)
}

function conflict(name: string, place: Place): never {
  fail(place, `the address says two different things of its ${name}.`)
}

function checked(address: GitAddress, place: Place): GitAddress {
  const { ref, repository } = address
  if (/\p{Cc}/u.test(repository + ref) || ref?.startsWith('-')) fail(place, `${quoted(ref ?? '')} is no ref.`)
  const subdirectory = posix.join('/', address.subdirectory).replace(/^\/+|\/+$/g, '')
  return { ...address, subdirectory }
}
