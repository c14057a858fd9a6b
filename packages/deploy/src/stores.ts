import type { Deployment, ErrorRecord } from '@berth/domain'

/** Deployments as the deploy stage keeps them. State changes are guarded by `deploymentStates`. */
export interface DeploymentStore {
  get(id: string): Promise<Deployment>
  /** One that brings an image, unless something else is said. */
  create(
    appId: string,
    releaseId: string,
    asked?: Pick<Deployment, 'cause' | 'createdById'>,
  ): Promise<Deployment>
  /** False where the table does not allow the change from the state it has now; then nothing was changed. */
  become(id: string, state: 'starting' | 'healthy'): Promise<boolean>
  /**
   * In one transaction: this one is live, the one before it superseded, and it is the first where there was none. It is settled
   * as well, unless something is to run `afterwards`.
   */
  becomeLive(id: string, options?: { afterwards: boolean }): Promise<boolean>
  /** Nothing is left to do for one that was live. */
  settle(id: string): Promise<void>
  end(id: string, state: 'failed' | 'cancelled', error: ErrorRecord | null): Promise<boolean>
  /** The deployment whose release should be running: the app's live one. */
  live(appId: string): Promise<Deployment | null>
  /** Neither live nor ended, or live and not settled; oldest first: what a new worker has to settle. */
  unfinished(): Promise<Deployment[]>
  list(appId: string, limit: number): Promise<Deployment[]>
}
