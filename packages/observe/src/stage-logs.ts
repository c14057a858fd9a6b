import { mkdirSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type EventSink, type StageEvent, tell } from '@berth/domain'
import { endsWithEnd, eventsFrom, firstPlace, ignoreMissing, type Place } from './stage-reader.ts'
import { defaultStageLimits, openStageWriter, type StageLimits, type StageWriter } from './stage-writer.ts'

/**
 * The events of builds and deployments: a file of NDJSON a stage, and whoever follows it in this process. Promises:
 * - Events are numbered by their place in the file; a follower that comes back with `after` misses nothing.
 * - A follower holds a place in the file and one block of it, never a queue: however slow, it costs the same memory and
 *   slows nobody. It ends after `ended`, or when its signal is aborted.
 * - What is told is written as it is: keeping secrets out is the teller's duty.
 */
export interface StageLogs {
  /**
   * Where this stage tells its events. A stage that has events already is being done again after a crash: it goes on
   * with a section that says so. Once it has ended, nothing more is taken.
   */
  sink(id: string): EventSink
  append(id: string, event: StageEvent): void
  /** Everything from number `after` on that is there now. */
  read(id: string, after: number): AsyncIterable<StageEvent>
  /** The same, then whatever comes, until `ended`. Waits for a stage that has not begun. */
  follow(id: string, after: number, signal: AbortSignal): AsyncIterable<StageEvent>
  hasBegun(id: string): Promise<boolean>
  hasEnded(id: string): Promise<boolean>
  remove(id: string): Promise<void>
  /** Removes the files that nobody has written to for so long. */
  prune(olderThanMs: number): Promise<number>
  close(): void
}

type Stage = {
  writer: StageWriter | undefined
  waiting: Set<() => void>
  /** The end, where the disk did not take it. */
  unwrittenEnd: StageEvent | undefined
}

export function openStageLogs(directory: string, limits: StageLimits = defaultStageLimits): StageLogs {
  mkdirSync(directory, { recursive: true, mode: 0o750 })
  const stages = new Map<string, Stage>()

  function append(id: string, event: StageEvent): void {
    const stage = stageOf(id)
    const kept = write(id, stage, event)
    if (event.kind === 'ended' && !kept) stage.unwrittenEnd = event
    wake(stage)
    forgetIdle(id, stage)
  }

  function begin(id: string): void {
    const stage = stageOf(id)
    try {
      writerOf(id, stage)
    } catch (error) {
      if (!isDiskError(error)) throw error
    }
    wake(stage)
  }

  /** False where the disk did not take it. */
  function write(id: string, stage: Stage, event: StageEvent): boolean {
    try {
      const writer = writerOf(id, stage)
      const kept = writer.append(event)
      if (writer.ended) stage.writer = undefined
      if (writer.ended) writer.close()
      return kept
    } catch (error) {
      if (isDiskError(error)) return false
      throw error
    }
  }

  function writerOf(id: string, stage: Stage): StageWriter {
    if (stage.writer) return stage.writer
    const writer = openStageWriter(pathOf(id), limits)
    stage.writer = writer
    if (writer.continued && !writer.ended) {
      tell(writer.append, { kind: 'section', text: 'Starting again: the worker was restarted' })
    }
    return writer
  }

  async function* follow(id: string, after: number, signal: AbortSignal): AsyncIterable<StageEvent> {
    const place = firstPlace()
    const changes = watch(id, signal)
    try {
      while (!signal.aborted) {
        const changed = changes.next()
        for await (const event of unread(id, place, after)) {
          yield event
          if (event.kind === 'ended' || signal.aborted) return
        }
        await changed
      }
    } finally {
      changes.stop()
    }
  }

  /** The end comes whatever `after` says: who asks for more than there is must not wait for ever. */
  async function* unread(id: string, place: Place, after: number): AsyncIterable<StageEvent> {
    for await (const event of eventsFrom(pathOf(id), place)) {
      if (place.number > after || event.kind === 'ended') yield event
    }
    const end = stages.get(id)?.unwrittenEnd
    if (end) yield end
  }

  /** `next` is asked for before the file is read, so that nothing told meanwhile is overlooked. */
  function watch(id: string, signal: AbortSignal) {
    const stage = stageOf(id)
    let change = Promise.withResolvers<void>()
    const changed = () => change.resolve()
    stage.waiting.add(changed)
    signal.addEventListener('abort', changed, { once: true })
    return {
      next: () => {
        change = Promise.withResolvers<void>()
        return change.promise
      },
      stop: () => {
        signal.removeEventListener('abort', changed)
        stage.waiting.delete(changed)
        forgetIdle(id, stage)
      },
    }
  }

  function stageOf(id: string): Stage {
    const known = stages.get(id) ?? { writer: undefined, waiting: new Set(), unwrittenEnd: undefined }
    stages.set(id, known)
    return known
  }

  function forgetIdle(id: string, stage: Stage): void {
    if (!stage.writer && !stage.unwrittenEnd && stage.waiting.size === 0) stages.delete(id)
  }

  /** Ids are UUIDs made by the database; anything else is a bug and must not become a path. */
  function pathOf(id: string): string {
    if (!/^[0-9a-zA-Z-]{1,64}$/.test(id)) throw new TypeError('a stage id holds letters, digits and dashes')
    return join(directory, `${id}.ndjson`)
  }

  async function* read(id: string, after: number): AsyncIterable<StageEvent> {
    const place = firstPlace()
    for await (const event of eventsFrom(pathOf(id), place)) if (place.number > after) yield event
  }

  async function prune(olderThanMs: number): Promise<number> {
    let removed = 0
    for (const name of await readdir(directory)) {
      const path = join(directory, name)
      const found = await stat(path).catch(ignoreMissing)
      if (!found || stages.has(name.replace('.ndjson', '')) || Date.now() - found.mtimeMs < olderThanMs)
        continue
      await rm(path, { force: true })
      removed += 1
    }
    return removed
  }

  return {
    sink: (id) => {
      begin(id)
      return (event) => append(id, event)
    },
    append,
    read,
    follow,
    hasBegun: async (id) => (await stat(pathOf(id)).catch(ignoreMissing)) !== undefined,
    hasEnded: (id) => endsWithEnd(pathOf(id)),
    remove: (id) => rm(pathOf(id), { force: true }),
    prune,
    close: () => {
      for (const stage of stages.values()) stage.writer?.close()
      for (const stage of stages.values()) stage.writer = undefined
    },
  }
}

function wake(stage: Stage): void {
  for (const resolve of stage.waiting) resolve()
}

/** No space, no descriptors, a failing disk: what a build must survive. */
function isDiskError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'ENOENT'].includes(code ?? '')
}
