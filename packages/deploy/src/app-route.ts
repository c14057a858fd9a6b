import { type ProcessType, web } from '@berth/domain'

/** One app's part of the front door: which of its containers get requests, and connections to its ports. */
export interface AppRoute {
  /** What ports of the machine lead to. */
  ports(): readonly PortOfType[]
  /** Containers that it leads to. */
  routed(): readonly string[]
  /** True when it returns: no new request or connection goes anywhere else. */
  point(targets: readonly RouteTarget[]): Promise<void>
  /** Waits for the requests and connections of a target that the route was taken from. False: not in time. */
  drained(targetName: string, timeoutMs: number): Promise<boolean>
}

/** `port`: where web's instances listen for requests. */
export type RouteTarget = {
  containerId: string
  type: ProcessType
  name: string
  address: string
  port: number
}

export type PortOfType = { type: ProcessType; port: number }

/** The process types that something leads to. */
export function reachedTypes(route: AppRoute): ProcessType[] {
  return [...new Set([web, ...route.ports().map(({ type }) => type)])]
}
