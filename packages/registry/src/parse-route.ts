/**
 * The addresses of the protocol: `/v2/`, `/v2/<name>/blobs/<digest>` and so on. Parts are not looked into here: a name may
 * hold slashes, so it is what stands before the last known word. Source: OCI distribution-spec 1.1, "Endpoints".
 */
export type Route =
  | { kind: 'base' }
  | { kind: 'blob'; name: string; digest: string }
  | { kind: 'uploads'; name: string }
  | { kind: 'upload'; name: string; id: string }
  | { kind: 'manifest'; name: string; reference: string }
  | { kind: 'tags'; name: string }
  | { kind: 'referrers'; name: string; digest: string }

const longestTarget = 1_000

/** Null: nothing of the protocol. */
export function parseRoute(target: string): { route: Route; query: URLSearchParams } | null {
  if (target.length > longestTarget) return null
  const [path = '', query = ''] = target.split('?', 2)
  const route = routeOf(decoded(path))
  return route === null ? null : { route, query: new URLSearchParams(query) }
}

function routeOf(path: string): Route | null {
  if (path === '/v2/' || path === '/v2') return { kind: 'base' }
  const [, name = '', rest = ''] =
    /^\/v2\/(.+?)\/((?:blobs|manifests|tags|referrers)\/[^/]+(?:\/[^/]*)?)$/.exec(path) ?? []
  const [word = '', first = '', second] = rest.split('/')
  if (word === 'blobs' && first === 'uploads') {
    return second === undefined || second === ''
      ? { kind: 'uploads', name }
      : { kind: 'upload', name, id: second }
  }
  if (second !== undefined) return null
  if (word === 'blobs') return { kind: 'blob', name, digest: first }
  if (word === 'manifests') return { kind: 'manifest', name, reference: first }
  if (word === 'referrers') return { kind: 'referrers', name, digest: first }
  return word === 'tags' && first === 'list' ? { kind: 'tags', name } : null
}

/** Clients write the colon of a digest as %3A. What cannot be decoded is no address. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) return ''
    throw error
  }
}
