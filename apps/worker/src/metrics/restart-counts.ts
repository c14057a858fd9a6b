import type { RestartBook } from '@berth/deploy'
import { instanceName } from '@berth/domain'

/** How often instances crashed, counted where the keeper writes it into its book, which forgets with each new release. */
export type RestartCounts = {
  /** To be used in the other's place. */
  book: RestartBook
  /** Since the last call. */
  take(appId: string, instance: string): number
  /** Since the worker began. */
  total(appId: string, instance: string): number
  forget(appId: string): void
}

export function countRestarts(book: RestartBook): RestartCounts {
  const counts = new Map<string, { total: number; taken: number }>()
  const keyOf = (appId: string, instance: string) => `${appId}/${instance}`
  return {
    book: {
      ...book,
      crashed: (appId, slot, crash) => {
        const key = keyOf(appId, instanceName(slot.type, slot.index))
        const { total, taken } = counts.get(key) ?? { total: 0, taken: 0 }
        counts.set(key, { total: total + 1, taken })
        return book.crashed(appId, slot, crash)
      },
    },
    take: (appId, instance) => {
      const count = counts.get(keyOf(appId, instance))
      if (count === undefined) return 0
      const fresh = count.total - count.taken
      count.taken = count.total
      return fresh
    },
    total: (appId, instance) => counts.get(keyOf(appId, instance))?.total ?? 0,
    forget: (appId) => {
      for (const key of counts.keys()) if (key.startsWith(`${appId}/`)) counts.delete(key)
    },
  }
}
