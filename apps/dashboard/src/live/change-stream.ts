import type { Outputs } from '@berth/api'

/**
 * One stream of changes for a whole tab, over which those who show records hear when to read them again. It is open while
 * somebody listens. While it is not (not yet, or its connection is lost) nobody is told anything: they ask by themselves.
 */
export type ChangesView = NonNullable<
  Outputs['changes']['watch'] extends AsyncIterable<infer View> ? View : never
>

export type Observer = {
  onChanges: (changes: ChangesView) => void
  /** The connection is there, or not. It heals by itself. */
  onConnection: (isThere: boolean) => void
  /** It ended for good; `isSignedOut`: because nobody is signed in any more. */
  onEnd: (isSignedOut: boolean) => void
}

/** Opens the stream; returns what closes it. */
export type OpenStream = (observer: Observer) => () => void

type Listener = {
  app: string | null | undefined
  onChange: () => void
  onHearing: (isHearing: boolean) => void
}

/** A page that leads to the next one listens to the same stream. */
const lingerMs = 1_000
const againMs = 5_000

export class ChangeStream {
  readonly #open: OpenStream
  readonly #listeners = new Set<Listener>()
  readonly #onSignedOut = new Set<() => void>()
  #close: (() => void) | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  isHearing = false

  constructor(open: OpenStream) {
    this.#open = open
  }

  /** `app`: only what happens to it; null: nothing. Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    clearTimeout(this.#timer)
    if (this.#close === null) this.#begin()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#soon(lingerMs, () => this.#end())
    }
  }

  whenSignedOut(tell: () => void): () => void {
    this.#onSignedOut.add(tell)
    return () => this.#onSignedOut.delete(tell)
  }

  #begin(): void {
    this.#close = this.#open({
      onChanges: (changes) => this.#hear(changes),
      onConnection: (isThere) => isThere || this.#setHearing(false),
      onEnd: (isSignedOut) => {
        this.#end()
        if (isSignedOut) for (const tell of this.#onSignedOut) tell()
        else if (this.#listeners.size > 0) this.#soon(againMs, () => this.#begin())
      },
    })
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#setHearing(false)
    this.#close?.()
    this.#close = null
  }

  #hear(changes: ChangesView): void {
    // The first thing that a stream says is `everything`: from then on nothing is missed.
    this.#setHearing(true)
    for (const { app, onChange } of this.#listeners) if (matches(app, changes)) onChange()
  }

  #setHearing(isHearing: boolean): void {
    if (this.isHearing === isHearing) return
    this.isHearing = isHearing
    for (const { onHearing } of this.#listeners) onHearing(isHearing)
  }

  #soon(waitMs: number, work: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(work, waitMs)
  }
}

function matches(app: Listener['app'], changes: ChangesView): boolean {
  if (app === null) return false
  return changes === 'everything' || app === undefined || changes.apps.includes(app)
}
