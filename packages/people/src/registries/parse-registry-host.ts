import { peopleError } from '../errors.ts'

const pattern =
  /^(?<name>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:]{2,39}\])(?::(?<port>[1-9][0-9]{0,4}))?$/

/** Docker Hub's own hosts; images of it are known under the first. */
const hub = 'docker.io'
const hubHosts = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'hub.docker.com']

/**
 * A registry, as an image's name begins: `ghcr.io`, `registry.example.com:5000`. What could not begin one (a word without a
 * dot or port) is refused: images would never ask for it. @throws REGISTRY_ACCOUNT.INVALID
 */
export function parseRegistryHost(given: string): string {
  const host = given.toLowerCase()
  const found = host.length <= 255 ? pattern.exec(host)?.groups : undefined
  const isHost = /[.:]/.test(host) || host === 'localhost'
  if (!found || !isHost || Number(found.port ?? 1) > 65_535)
    throw peopleError['REGISTRY_ACCOUNT.INVALID']({
      what: 'registry',
      expected: 'a host, as in ghcr.io or registry.example.com:5000',
    })
  return hubHosts.includes(host) ? hub : host
}
