import { posix } from 'node:path'
import { RemoteProblem } from './open-url.ts'

/**
 * Where a repository lies, taken apart so that no part of it can be taken for an option, or for more than one word.
 * `path`: as the server is told it; one that begins with no slash is relative to the user's home.
 */
export type RepositoryAddress =
  | { transport: 'web'; url: string }
  | { transport: 'git'; host: string; port: number; path: string }
  | { transport: 'ssh'; user: string; host: string; port: number; path: string }

export type OtherAddress = Exclude<RepositoryAddress, { transport: 'web' }>

const gitPort = 9418
const sshPort = 22
/** As with BuildKit and most hosts: an address without a user means the one that all of them have. */
const usualUser = 'git'

const shortForm = /^([a-z0-9_][a-z0-9_.-]*)@([a-z0-9][a-z0-9.-]*):([^\s]+)$/i
const userPattern = /^[a-z0-9_][a-z0-9_.-]*$/i
const hostPattern = /^(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])$/i
const longestPath = 900

/** @throws RemoteProblem */
export function repositoryAddress(text: string): RepositoryAddress {
  const short = shortForm.exec(text)
  if (short !== null) {
    const [, user = '', host = '', path = ''] = short
    return { transport: 'ssh', user, host, port: sshPort, path: checkedPath(path) }
  }
  if (/^https?:\/\//i.test(text)) return { transport: 'web', url: text }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'git:') return { transport: 'git', ...whereOf(url, gitPort) }
  if (url?.protocol !== 'ssh:')
    throw new RemoteProblem('repositories are fetched by http, https, git and ssh')
  const user = decodeURIComponent(url.username) || usualUser
  if (!userPattern.test(user)) throw new RemoteProblem('its user has a name that ssh does not take')
  if (url.password !== '') throw new RemoteProblem('ssh takes no password: give the build an SSH agent')
  const { path, ...where } = whereOf(url, sshPort)
  return { transport: 'ssh', user, ...where, path: path.replace(/^\/(?=~)/, '') }
}

/** What a submodule's address means in a repository that lies at `base`. */
export function submoduleAddress(base: string, address: string): string {
  if (!address.startsWith('./') && !address.startsWith('../')) return address
  const short = shortForm.exec(base)
  if (short === null) return new URL(address, `${base}/`).href
  const [, user = '', host = '', path = ''] = short
  return `${user}@${host}:${posix.join(path, address)}`
}

function whereOf(url: URL, usualPort: number): { host: string; port: number; path: string } {
  if (!hostPattern.test(url.hostname)) throw new RemoteProblem('its host is no name and no address')
  const port = url.port === '' ? usualPort : Number(url.port)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, path: checkedPath(decodedPath(url)) }
}

function decodedPath({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    throw new RemoteProblem('its path is not written as addresses are')
  }
}

function checkedPath(path: string): string {
  const isStrange = /[\p{Cc}\ufffd]/u.test(path) || path.startsWith('-') || /^\/?$/.test(path)
  if (isStrange || path.length > longestPath) throw new RemoteProblem('its path is none of a repository')
  return path
}
