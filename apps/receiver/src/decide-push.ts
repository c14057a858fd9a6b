import { type App, isBerthError, type Team, toErrorRecord } from '@berth/domain'
import { assertUnlocked } from '@berth/release'
import type { Repository } from '@berth/source'
import { audited } from './audit-visit.ts'
import { deployPush } from './deploy-push.ts'
import type { From, Visitor } from './doors.ts'
import { pushError } from './errors.ts'
import { type HookQuestion, parseQuestion } from './hook-channel.ts'
import type { Output } from './output.ts'
import type { ReceiverParts } from './parts.ts'
import { planPush, type RefUpdate } from './plan-push.ts'
import { waitingFor } from './turns.ts'

/** A push, received and checked by git, whose refs have not moved. */
export type Push = {
  app: App
  createdIn: Team | null
  visitor: Visitor
  from: From
  repository: Repository
  output: Output
  /** Aborted when the pusher has gone; its reason is a BerthError. */
  signal: AbortSignal
  startedAt: number
  /** Git has ended: the refs have moved, or will not. Never rejects. */
  ended: Promise<unknown>
}

/** May the refs move? Says why not. Never throws: whatever goes wrong refuses the push. */
export async function decidePush(parts: ReceiverParts, push: Push, question: string): Promise<boolean> {
  try {
    const asked = parseQuestion(question)
    const after = asked.updates.map(({ ref, oldCommit, newCommit }) => ({ ref, oldCommit, newCommit }))
    const { visitor, from, app } = push
    await audited(parts, { visitor, from, app, action: 'git push', after }, () =>
      carryOut(parts, push, asked),
    )
    return true
  } catch (error) {
    push.output.error(toErrorRecord(error))
    if (!isBerthError(error)) parts.log(`push to ${push.app.name}: ${describeBug(error)}`)
    return false
  }
}

async function carryOut(parts: ReceiverParts, push: Push, question: HookQuestion): Promise<void> {
  const { app, output, createdIn } = push
  const { updates, quarantine } = question
  if (createdIn !== null) output.step(`Created the app ${app.name} in the team ${createdIn.name}.`)
  if (planPush(updates, app.deployBranch).deploy === null) return storeOnly(push, updates)
  await refuseLocked(parts, app)
  const release = await parts.turns.take(app, {
    signal: push.signal,
    onWait: () => output.step(waitingFor(app.name)),
  })
  try {
    await deployInTurn(parts, push, { updates, quarantine })
  } finally {
    // The next in turn looks at the branch, so it waits for this one's to have moved.
    void push.ended.then(release)
  }
}

/** The push before may have named the branch that deploys, so the plan is made again. */
async function deployInTurn(
  parts: ReceiverParts,
  push: Push,
  { updates, quarantine }: { updates: RefUpdate[]; quarantine: string | null },
): Promise<void> {
  const app = await parts.records.apps.get(push.app.id)
  if (app === null) throw pushError['PUSH.APP_NOT_FOUND']({ app: push.app.name })
  const plan = planPush(updates, app.deployBranch)
  for (const note of plan.notes) push.output.detail(note)
  if (plan.deploy === null) return
  await refuseLocked(parts, app)
  await deployPush(parts, { ...push, app }, { update: plan.deploy, quarantine })
  if (plan.becomesDeployBranch) await parts.records.apps.setDeployBranch(app.id, plan.deploy.branch)
}

/** Asked again when its turn has come: somebody may have locked it meanwhile. @throws RELEASE.APP_LOCKED */
function refuseLocked({ records }: ReceiverParts, app: App): Promise<void> {
  return assertUnlocked(app, (id) => records.people.person(id))
}

function storeOnly({ app, output }: Push, updates: readonly RefUpdate[]): void {
  for (const note of planPush(updates, app.deployBranch).notes) output.detail(note)
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
