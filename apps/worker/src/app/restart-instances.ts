import { label } from '@berth/deploy'
import type { Processors } from '@berth/queue'
import type { Parts } from '../parts.ts'
import type { Keeper } from './keeper.ts'

/**
 * Replaces the instances of a process type, or one of them, that were there when it was asked for: others are started beside
 * them, and they go when those are healthy. After a crash the job comes back, and finds what is left to do.
 */
export function restartInstancesProcessor({
  engine,
  keeper,
}: Pick<Parts, 'engine'> & { keeper: Keeper }): Processors['restart-instances'] {
  return async ({ appId, type, index, before }, { signal }) => {
    await keeper.load(appId)
    const containers = await engine.containers.list({ [label.app]: appId, [label.process]: type })
    const meant = containers.filter(
      ({ labels, createdAt }) =>
        createdAt < new Date(before) && (index === null || labels[label.index] === String(index)),
    )
    await keeper.replace(
      appId,
      meant.map(({ id }) => id),
      signal,
    )
  }
}
