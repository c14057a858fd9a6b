import type { Deployment, ErrorRecord } from '@berth/domain'

/** Deployments as the deploy stage keeps them. State changes are guarded by `deploymentStates`. */
export interface DeploymentStore {
  get(id: string): Promise<Deployment>
  create(appId: string, releaseId: string): Promise<Deployment>
  /** False where the table does not allow the change from the state it has now; then nothing was changed. */
  become(id: string, state: 'starting' | 'healthy'): Promise<boolean>
  /** In one transaction: this one is live, the one before it superseded. */
  becomeLive(id: string): Promise<boolean>
  end(id: string, state: 'failed' | 'cancelled', error: ErrorRecord | null): Promise<boolean>
  /** The deployment whose release should be running: the app's live one. */
  live(appId: string): Promise<Deployment | null>
  /** Neither live nor ended, oldest first: what a new worker has to settle. */
  unfinished(): Promise<Deployment[]>
  list(appId: string, limit: number): Promise<Deployment[]>
}
