/**
 * The states that records go through. One table per column; the stores refuse any other change.
 *
 *   build:       queued ──► running ──► succeeded
 *                  │           ├──────► failed
 *                  └──────────►└──────► cancelled
 *
 *   deployment:  queued ──► starting ──► healthy ──► live ──► superseded
 *                  │            ├───────────┴──► failed
 *                  └───────────►└──► cancelled
 *
 *   certificate: wanted ──► ordering ──► valid ◄──► renewing
 *                              │ ▲
 *                              ▼ │
 *                             failed
 *
 * A certificate stays `valid`, and is shown, while the next one is asked for (`renewing`); where that fails it is `valid` as
 * before. One that an app has brought itself is `valid` from the beginning, and never renewed.
 *
 * A crashed worker leaves `running`, `starting`, `healthy`, `ordering` or `renewing` behind. The next one plans again from what is there and
 * enters the same state once more, so these may follow themselves.
 */

export const buildStates = {
  queued: ['running', 'failed', 'cancelled'],
  running: ['running', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const

export const deploymentStates = {
  queued: ['starting', 'failed', 'cancelled'],
  starting: ['starting', 'healthy', 'failed', 'cancelled'],
  healthy: ['starting', 'healthy', 'live', 'failed'],
  live: ['superseded'],
  superseded: [],
  failed: [],
  cancelled: [],
} as const

export const certificateStates = {
  wanted: ['ordering'],
  ordering: ['ordering', 'valid', 'failed'],
  failed: ['ordering'],
  valid: ['renewing'],
  renewing: ['renewing', 'valid'],
} as const

export type CertificateState = keyof typeof certificateStates
export type BuildState = keyof typeof buildStates
export type DeploymentState = keyof typeof deploymentStates

type StateTable = Readonly<Record<string, readonly string[]>>

/** May a record in state `from` go to `to`? */
export function mayBecome<Table extends StateTable>(
  table: Table,
  from: keyof Table & string,
  to: keyof Table & string,
): boolean {
  return table[from]?.includes(to) ?? false
}

/** The states from which `to` can be reached in one step: the `where` of a guarded update. */
export function statesBefore<Table extends StateTable>(
  table: Table,
  to: keyof Table & string,
): (keyof Table & string)[] {
  return Object.keys(table).filter((from) => mayBecome(table, from, to))
}

/** A build that has ended, whichever way. */
export function isBuildOver(state: BuildState): boolean {
  return buildStates[state].length === 0
}

/** A deployment that nobody works on any more: live, superseded, failed or cancelled. */
export function isDeploymentOver(state: DeploymentState): boolean {
  return state === 'live' || deploymentStates[state].length === 0
}
