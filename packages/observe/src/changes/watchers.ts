import type { Changes, RecordChange } from './change-feed.ts'

const mostObjects = 200

/** Those who watch a feed, each with what was not taken yet. */
export class Watchers {
  readonly #all = new Set<Watcher>()
  #isHearing = false
  readonly #onCount: (count: number) => void

  /** `onCount` is told whenever one comes or goes. */
  constructor(onCount: (count: number) => void) {
    this.#onCount = onCount
  }

  get count(): number {
    return this.#all.size
  }

  tell(change: RecordChange): void {
    for (const watcher of this.#all) watcher.add(change)
  }

  /** True: from now on every change is told here. */
  hear(isHearing: boolean): void {
    this.#isHearing = isHearing
    if (isHearing) for (const watcher of this.#all) watcher.addEverything()
  }

  async *watch(signal: AbortSignal): AsyncGenerator<Changes> {
    const watcher = new Watcher()
    const wake = () => watcher.wake()
    signal.addEventListener('abort', wake)
    this.#all.add(watcher)
    if (this.#isHearing) watcher.addEverything()
    this.#onCount(this.#all.size)
    try {
      while (!signal.aborted && !watcher.isEnded) {
        const changes = watcher.take()
        if (changes === null) await watcher.untilWoken()
        else yield changes
      }
    } finally {
      signal.removeEventListener('abort', wake)
      this.#all.delete(watcher)
      this.#onCount(this.#all.size)
    }
  }

  end(): void {
    for (const watcher of this.#all) watcher.end()
  }
}

class Watcher {
  #pending = new Map<string, RecordChange>()
  #isEverything = false
  #woken = Promise.withResolvers<void>()
  isEnded = false

  add(change: RecordChange): void {
    if (this.#isEverything) return
    // With the name: an app that was renamed is told of under both.
    this.#pending.set(JSON.stringify([change.teamId, change.app?.id, change.app?.name]), change)
    if (this.#pending.size > mostObjects) this.addEverything()
    else this.wake()
  }

  addEverything(): void {
    this.#pending.clear()
    this.#isEverything = true
    this.wake()
  }

  take(): Changes | null {
    if (!this.#isEverything && this.#pending.size === 0) return null
    const taken = this.#isEverything ? 'everything' : [...this.#pending.values()]
    this.#isEverything = false
    this.#pending.clear()
    return taken
  }

  wake(): void {
    this.#woken.resolve()
  }

  async untilWoken(): Promise<void> {
    await this.#woken.promise
    this.#woken = Promise.withResolvers()
  }

  end(): void {
    this.isEnded = true
    this.wake()
  }
}
