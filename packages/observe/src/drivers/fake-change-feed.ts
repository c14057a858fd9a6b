import type { ChangeFeed, RecordChange } from '../changes/change-feed.ts'
import { Watchers } from '../changes/watchers.ts'

/** A ChangeFeed that tells what a test tells it. `lose` is a source that went away; it is back at once. */
export type FakeChangeFeed = ChangeFeed & { tell: (change: RecordChange) => void; lose: () => void }

export function fakeChangeFeed(): FakeChangeFeed {
  const watchers = new Watchers(() => undefined)
  watchers.hear(true)
  return {
    watch: (signal) => watchers.watch(signal),
    tell: (change) => watchers.tell(change),
    lose() {
      watchers.hear(false)
      watchers.hear(true)
    },
    close: async () => watchers.end(),
  }
}
