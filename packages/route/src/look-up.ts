import type { Route, RouteTable } from './front-door.ts'

/** The route that answers for a request: the one with the longest prefix of its path, among those of its host. */
export function lookUp(table: RouteTable, hostHeader: string, path: string): Route | undefined {
  const host = hostOnly(hostHeader)
  const having = (name: string) => table.routes.filter(({ hosts }) => hosts.includes(name))
  const exact = having(host)
  const routes = exact.length > 0 ? exact : having(host.replace(/^[^.]+/, '*'))
  const candidates = routes.filter((route) => path.startsWith(route.pathPrefix ?? ''))
  return candidates.sort((one, other) => prefixLength(other) - prefixLength(one))[0]
}

/** `Shop.LOCALHOST.:8080` → `shop.localhost` */
function hostOnly(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

function prefixLength(route: Route): number {
  return route.pathPrefix?.length ?? 0
}
