import type { CustomPage, RouteRules } from './route-rules.ts'

/** What an app asks of the front door, as it is recorded. */
export type DoorSettings = {
  /** Obtain certificates for its domains, where the platform can. */
  autoCertificates: boolean
  /** Send requests without TLS to the same address with it, at every host that has a certificate. */
  httpsRedirect: boolean
  /** Null: no Strict-Transport-Security. */
  hsts: NonNullable<RouteRules['hsts']> | null
  maintenance: boolean
  /** Who may pass basic authentication; null: everybody. The verifiers are sealed. */
  users: { key: string; people: readonly { name: string; verifier: string }[] } | null
  maxBodyBytes: number | null
  timeoutSeconds: number | null
  sticky: boolean
  pages: Readonly<Partial<Record<CustomPage, string>>>
}

export const plainDoor: DoorSettings = {
  autoCertificates: true,
  httpsRedirect: true,
  hsts: null,
  maintenance: false,
  users: null,
  maxBodyBytes: null,
  timeoutSeconds: null,
  sticky: false,
  pages: {},
}

export interface DoorStore {
  /** `plainDoor` where nothing was said. */
  current(appId: string): Promise<DoorSettings>
  /** The ids of those apps whose certificates are not obtained by themselves. */
  manual(): Promise<string[]>
  /** Changes what is there now, one change after the other. @throws what `change` throws; then nothing is kept */
  change(appId: string, change: (before: DoorSettings) => DoorSettings): Promise<DoorSettings>
}

/** Undefined: nothing that costs more than a plain route. */
export function routeRules(door: DoorSettings): RouteRules | undefined {
  const rules: RouteRules = {
    ...(door.hsts && { hsts: door.hsts }),
    ...(door.users && {
      users: { key: door.users.key, verifiers: door.users.people.map((one) => one.verifier) },
    }),
    ...(door.maxBodyBytes !== null && { maxBodyBytes: door.maxBodyBytes }),
    ...(door.timeoutSeconds !== null && { timeoutSeconds: door.timeoutSeconds }),
    ...(door.sticky && { sticky: true as const }),
    ...(Object.keys(door.pages).length > 0 && { pages: door.pages }),
  }
  return Object.keys(rules).length === 0 ? undefined : rules
}
