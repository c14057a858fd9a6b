/**
 * What a push means: which commit deploys, what is only stored, and what the pusher is told of it. Pure.
 * One branch deploys. Until there is one, it is `main` or `master`, whichever is pushed first (`main`, if both are).
 */

export type RefUpdate = { ref: string; oldCommit: string; newCommit: string }

export type PushPlan = {
  /** The one update that is built and deployed. */
  deploy: (RefUpdate & { branch: string }) | null
  /** It deploys from now on, once this push is live. */
  becomesDeployBranch: boolean
  /** One line each, about everything else. */
  notes: string[]
}

const firstBranches = ['main', 'master']
const branchPrefix = 'refs/heads/'
const tagPrefix = 'refs/tags/'
const maxNotes = 10

export function planPush(updates: readonly RefUpdate[], deployBranch: string | null): PushPlan {
  const branch = deployBranch ?? firstBranches.find((name) => isPushed(updates, name)) ?? null
  const update = updates.find(
    (candidate) => candidate.ref === `${branchPrefix}${branch}` && !isDelete(candidate),
  )
  const others = updates.filter((candidate) => candidate !== update)
  return {
    deploy: update === undefined || branch === null ? null : { ...update, branch },
    becomesDeployBranch: update !== undefined && deployBranch === null,
    notes: shorten(others.map((other) => note(other, branch))),
  }
}

export function isDelete(update: RefUpdate): boolean {
  return /^0+$/.test(update.newCommit)
}

function isPushed(updates: readonly RefUpdate[], branch: string): boolean {
  return updates.some((update) => update.ref === `${branchPrefix}${branch}` && !isDelete(update))
}

function note(update: RefUpdate, deployBranch: string | null): string {
  const { ref } = update
  if (ref.startsWith(tagPrefix)) {
    return `${isDelete(update) ? 'Deleted' : 'Stored'} the tag ${ref.slice(tagPrefix.length)}.`
  }
  if (!ref.startsWith(branchPrefix)) return `${isDelete(update) ? 'Deleted' : 'Stored'} ${ref}.`
  const branch = ref.slice(branchPrefix.length)
  if (isDelete(update)) {
    return branch === deployBranch
      ? `Deleted the branch ${branch}. The app runs on; it deploys when ${branch} is pushed again.`
      : `Deleted the branch ${branch}.`
  }
  return deployBranch === null
    ? `Stored the branch ${branch}. It is not deployed: push main or master, for example ${branch}:main.`
    : `Stored the branch ${branch}. It is not deployed: only ${deployBranch} is.`
}

function shorten(notes: string[]): string[] {
  if (notes.length <= maxNotes) return notes
  return [...notes.slice(0, maxNotes), `And ${notes.length - maxNotes} more branches and tags.`]
}
