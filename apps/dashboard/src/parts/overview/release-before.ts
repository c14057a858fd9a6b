import type { DeploymentView } from '@berth/api'

/** The release that served before the live one, to go back to; null: none is known. */
export function releaseBefore(
  live: Pick<DeploymentView, 'version'>,
  deployments: readonly Pick<DeploymentView, 'state' | 'version'>[],
): number | null {
  const served = deployments.filter(
    ({ state, version }) => state === 'superseded' && version !== live.version,
  )
  return served.find(({ version }) => version !== null)?.version ?? null
}
