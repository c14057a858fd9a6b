import { releaseLabel } from '@berth/domain'
import { followDeployment } from './follow-deployment.ts'
import { print } from './output.ts'

export type Finishing = { json?: boolean; wait: boolean }

/**
 * What every command does with the deployment that it has begun: shows it to its end, unless `--no-wait` was said.
 * @throws the error that it ended with
 */
export async function finishDeployment(
  begun: { version: number; deploymentId: string },
  { app, json, wait }: Finishing & { app: string },
): Promise<void> {
  const label = releaseLabel(begun.version)
  if (wait) await followDeployment(begun.deploymentId, { quiet: json })
  const state = wait ? 'live' : 'queued'
  if (json) return print(JSON.stringify({ app, ...begun, state }, null, 2))
  print(
    wait ? `=====> ${app} ${label} is live.` : `${label} will be deployed: berth deployments --app ${app}`,
  )
}
