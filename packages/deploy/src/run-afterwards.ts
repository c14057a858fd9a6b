import { isBerthError, tell } from '@berth/domain'
import { label } from './instance.ts'
import { runTask } from './run-task.ts'
import { isAfterwards, readTaskName, tasksAfter } from './tasks.ts'
import { subjectOf, type Undertaking } from './undertaking.ts'

/**
 * What a release wants run once it is live. A task that fails is told, and stops nothing. Called again after a crash, it
 * begins no task for a second time: what has begun is waited for.
 */
export async function runAfterwards(
  given: Omit<Undertaking, 'beforeSwitch'>,
  { isFirst, signal }: { isFirst: boolean; signal: AbortSignal },
): Promise<void> {
  const undertaking: Undertaking = { ...given, beforeSwitch: async () => undefined }
  const { release } = subjectOf(undertaking)
  for (const { name } of tasksAfter(release, { isFirst })) {
    try {
      await runTask(undertaking, name, signal)
    } catch (error) {
      if (signal.aborted || !isBerthError(error)) throw error
      const hint = error.hint === '' ? '' : `\n${error.hint}`
      tell(undertaking.sink, { kind: 'warning', text: `${error.message} The release stays live.${hint}` })
    }
  }
}

/** For when nothing asks any more whether they have begun. */
export async function removeAfterwards(
  { engine }: Pick<Undertaking, 'engine'>,
  deploymentId: string,
): Promise<void> {
  for (const { id, labels } of await engine.containers.list({ [label.deployment]: deploymentId }))
    if (isAfterwards(readTaskName(labels[label.task]))) await engine.containers.remove(id)
}
