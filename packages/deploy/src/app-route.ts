/** One app's part of the front door: which of its containers get requests. */
export interface AppRoute {
  /** Containers that requests go to. */
  routed(): readonly string[]
  /** True when it returns: no new request goes anywhere else. */
  point(targets: readonly RouteTarget[]): Promise<void>
  /** Waits for the requests of a target that the route was taken from. False: not in time. */
  drained(targetName: string, timeoutMs: number): Promise<boolean>
}

export type RouteTarget = { containerId: string; name: string; address: string; port: number }
