import { type GitRequest, type GitService, parseRepositoryName } from './parse-command.ts'

/** `request` parses the name, which may throw: only a person who is known is told what is wrong with it. */
export type HttpGitRequest = { kind: 'advertise' | 'service'; request: () => GitRequest }

const advertisement = /^\/git\/([^/]*)\/info\/refs$/
const service = /^\/git\/([^/]*)\/git-(receive-pack|upload-pack)$/
const maxUrlLength = 2_000

/**
 * Source: git, gitprotocol-http. `GET /git/APP.git/info/refs?service=git-…` and `POST /git/APP.git/git-…`; null for anything
 * else, such as the old protocol that reads files.
 */
export function parseHttpRequest(method: string, target: string): HttpGitRequest | null {
  if (target.length > maxUrlLength) return null
  const [path = '', query = ''] = target.split('?', 2)
  if (method === 'GET') {
    const name = advertisement.exec(path)?.[1]
    const asked = /^git-(receive-pack|upload-pack)$/.exec(
      new URLSearchParams(query).get('service') ?? '',
    )?.[1]
    return name === undefined || asked === undefined ? null : found('advertise', name, asked)
  }
  const words = method === 'POST' ? service.exec(path) : null
  return words === null ? null : found('service', words[1] as string, words[2] as string)
}

function found(kind: HttpGitRequest['kind'], name: string, asked: string): HttpGitRequest {
  return {
    kind,
    request: () => ({ service: asked as GitService, appName: parseRepositoryName(decoded(name)) }),
  }
}

/** What cannot be decoded holds a `%` that no name has, and is refused as a name. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (error) {
    if (error instanceof URIError) return name
    throw error
  }
}
