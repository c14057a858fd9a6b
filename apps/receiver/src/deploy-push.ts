import { appUrl, fromErrorRecord, releaseLabel, saySeconds, toErrorRecord } from '@berth/domain'
import { type CommitInfo, readPushedCommit, setDefaultBranch } from '@berth/source'
import type { Push } from './decide-push.ts'
import { pushError } from './errors.ts'
import { type Ended, followToEnd } from './follow-to-end.ts'
import type { ReceiverParts } from './parts.ts'
import type { RefUpdate } from './plan-push.ts'

export type DeployRequest = { update: RefUpdate & { branch: string }; quarantine: string | null }

/**
 * From a received commit to a live deployment; returns when the ref may move. The worker does the work: this asks for it,
 * shows it, and calls it off when the pusher goes. Its caller holds the app's turn.
 * @throws the error of the build or the deployment, PUSH.BRANCH_MOVED, or the signal's reason
 */
export async function deployPush(parts: ReceiverParts, push: Push, request: DeployRequest): Promise<void> {
  const { branch, newCommit: commit } = request.update
  const { quarantine } = request
  const [info, live] = await Promise.all([
    readPushedCommit({ repository: push.repository, commit, quarantine, branch }, parts.runner),
    liveCommit(parts, push.app.id),
  ])
  assertNotMoved(request, info.branchCommit)
  if (live === commit) {
    await startAgain(parts, push)
    push.output.step(`${commit.slice(0, 7)} is live already: nothing to build.`)
  } else {
    const deploymentId = await buildAndDeploy(parts, push, { ...request, info })
    await reportLive(parts, push, deploymentId)
  }
  if (push.app.deployBranch === null) await setDefaultBranch(push.repository, branch)
}

/** Whoever pushes wants the app to run. */
async function startAgain({ records, queue }: ReceiverParts, { app, output }: Push): Promise<void> {
  if (app.stoppedAt === null) return
  await records.apps.setStopped(app.id, false)
  await queue.add('converge-app', { appId: app.id })
  output.step(`${app.name} was stopped: it is started again.`)
}

/** git compares the ref once more when it moves it; a push that it will refuse then should not be deployed first. */
function assertNotMoved({ update }: DeployRequest, now: string | null): void {
  const expected = /^0+$/.test(update.oldCommit) ? null : update.oldCommit
  if (now !== expected) throw pushError['PUSH.BRANCH_MOVED']({ branch: update.branch })
}

async function liveCommit({ records }: ReceiverParts, appId: string): Promise<string | null> {
  const live = await records.deployments.live(appId)
  if (live === null) return null
  const { revisionId } = await records.releases.get(live.releaseId)
  return revisionId === null ? null : (await records.revisions.get(revisionId)).commit
}

type BuildRequest = DeployRequest & { info: CommitInfo }

async function buildAndDeploy(
  parts: ReceiverParts,
  push: Push,
  request: BuildRequest,
): Promise<string | null> {
  const buildId = await recordBuild(parts, push, request)
  const stage = { id: buildId }
  try {
    await parts.queue.add('build', { buildId, objects: { quarantine: request.quarantine } })
    const built = await followStage(parts, push, buildId)
    if (built.next === null) return null
    stage.id = built.next
    await followStage(parts, push, built.next)
    return built.next
  } catch (error) {
    if (!(error instanceof StageFailed)) await callOff(parts, { stageId: stage.id, buildId, error })
    throw error instanceof StageFailed ? error.cause : error
  }
}

async function recordBuild(
  { records }: ReceiverParts,
  { app, visitor, output, signal }: Push,
  { update, info }: BuildRequest,
): Promise<string> {
  const { branch, newCommit: commit } = update
  output.step(`Received ${branch} at ${commit.slice(0, 7)}: ${info.message.split('\n', 1)[0]}`)
  signal.throwIfAborted()
  const revision = await records.revisions.create({
    appId: app.id,
    commit,
    branch,
    message: info.message,
    author: info.author,
    pushedById: visitor.person?.id ?? null,
  })
  return (await records.builds.create(app.id, revision.id)).id
}

/** The stage has ended by itself: there is nothing to call off. */
class StageFailed extends Error {}

async function followStage(parts: ReceiverParts, push: Push, id: string): Promise<Ended> {
  const { output, signal } = push
  const { patienceMs } = parts.limits
  const ended = await followToEnd(parts.live, id, { output, signal, patienceMs })
  if (ended.outcome === 'succeeded') return ended
  const cause = ended.error === null ? pushError['PUSH.NO_OUTCOME']() : fromErrorRecord(ended.error)
  throw new StageFailed('the stage failed', { cause })
}

const callOffMs = 5_000

/**
 * Ends what nobody waits for any more. Where the worker cannot be told, it finds out by itself: its lease on this stage
 * is not renewed, and a build that is marked cancelled is not begun.
 */
async function callOff(
  { live, records, log }: ReceiverParts,
  { stageId, buildId, error }: { stageId: string; buildId: string; error: unknown },
): Promise<void> {
  const told = Promise.all([
    live.cancelStage(stageId),
    records.builds.end(buildId, 'cancelled', toErrorRecord(error)),
  ])
  const late = AbortSignal.timeout(callOffMs)
  const tooLate = new Promise<never>((_, reject) => late.addEventListener('abort', () => reject(late.reason)))
  await Promise.race([told, tooLate]).catch((reason) => log(`calling off ${stageId}: ${String(reason)}`))
}

async function reportLive(parts: ReceiverParts, push: Push, deploymentId: string | null): Promise<void> {
  const { output, app, startedAt } = push
  const took = saySeconds(Date.now() - startedAt)
  if (deploymentId === null) return output.section(`Built in ${took}.`)
  const { releaseId } = await parts.records.deployments.get(deploymentId)
  const { version } = await parts.records.releases.get(releaseId)
  output.section(`Deployed ${app.name} ${releaseLabel(version)} in ${took}.`)
  output.detail(appUrl(parts.settings, app.name))
}
