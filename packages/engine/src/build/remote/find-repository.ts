import { readFile } from 'node:fs/promises'
import { openUrl, RemoteProblem } from './open-url.ts'
import { AddressRefused } from './public-address.ts'

/** A repository on the web, and the one address that was checked for its host: `host:port:address`, as curl has it. */
export type FoundRepository = {
  url: string
  resolve: string
  /** It does not let everybody in. */
  needsAccount: boolean
  /** One of `privateHosts`. */
  isPrivate: boolean
}

const suffix = '/info/refs?service=git-upload-pack'

/**
 * Where a repository really answers. Redirects are followed here, and every host on the way is checked; whoever fetches goes
 * only where they ended, and to the address that was looked at. `privateHosts` (`host`, `host:port`) may be in a private
 * network; such a one leads on nowhere else. Nothing but its name is sent.
 * @throws RemoteProblem, AddressRefused, what the connection ends with, or the signal's reason
 */
export async function findRepository(
  given: string,
  options: { privateHosts: readonly string[]; authoritiesPath: string | null; signal: AbortSignal },
): Promise<FoundRepository> {
  const { privateHosts, authoritiesPath, signal } = options
  const base = new URL(given.replace(/\/+$/, ''))
  const isKnown = [base.host, base.hostname].some((host) => privateHosts.includes(host))
  const authorities = authoritiesPath === null ? null : await readFile(authoritiesPath, 'utf8')
  const addresses = isKnown ? 'any' : 'public'
  const answer = await openUrl(`${base.href}${suffix}`, { addresses, authorities, signal })
  answer.body.destroy()
  const { url, status, address } = answer
  if (isKnown && url.host !== base.host) throw new AddressRefused(url.host)
  if ((status !== 200 && status !== 401) || !url.href.endsWith(suffix))
    throw new RemoteProblem(`no repository answers there (status ${status})`)
  const needsAccount = status === 401
  const resolve = resolveSetting(url, address)
  return { url: url.href.slice(0, -suffix.length), resolve, needsAccount, isPrivate: isKnown }
}

/** Source: git-config(1), http.curloptResolve. */
export function resolveSetting(url: URL, address: string): string {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const plain = address.replace(/^::ffff:/, '')
  return `${url.hostname}:${port}:${plain.includes(':') ? `[${plain}]` : plain}`
}

/** What such a failure is, in words that a sentence can end with; undefined: it is none that a repository can cause. */
export function repositoryProblem(error: unknown): string | undefined {
  if (error instanceof RemoteProblem || error instanceof AddressRefused) return error.message
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' && error instanceof Error ? `${error.message || code}` : undefined
}
