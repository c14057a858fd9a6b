/**
 * What an app may ask of the front door beyond being routed. Each of these stands in the backend of its own route, so
 * that a request for any other app does not pay for it. A change of them is a reload.
 */
export type RouteRules = {
  /** Strict-Transport-Security, over TLS alone. */
  hsts?: { maxAgeSeconds: number; includeSubdomains: boolean; preload: boolean }
  /** Who may pass; `verifier` is `authVerifier` of the name and password. */
  users?: { key: string; verifiers: readonly string[] }
  /** Larger requests get 413, and those that do not say their size 411. */
  maxBodyBytes?: number
  /** How long the app may be silent before it has answered. */
  timeoutSeconds?: number
  /** A client comes back to the instance that it met first, while that instance gets requests at all. */
  sticky?: true
  /** In place of the front door's own pages, by status: 503 where no instance answers, and what is said in maintenance. */
  pages?: Readonly<Partial<Record<CustomPage, string>>>
}

export type CustomPage = '502' | '503' | '504' | 'maintenance'
export const customPages = ['502', '503', '504', 'maintenance'] as const satisfies readonly CustomPage[]
