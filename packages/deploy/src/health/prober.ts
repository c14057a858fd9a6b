import type { Healthcheck } from '@berth/domain'
import type { Slot } from '../instance.ts'
import type { Answer } from './answer.ts'
import { type Asked, ask } from './ask.ts'
import { openFairTurns } from './fair-turns.ts'
import { afterAnswer, firstStanding, type Standing, type Verdict, verdictOf } from './verdict.ts'

/**
 * Asks instances again and again whether they are well: one for all apps of a worker. Promises:
 * - A check is asked anew only after its answer, so that no two of one check are ever under way.
 * - So many at a time as `atOnce` says, apps taking turns; a check that waits for its turn is late, and never failed by that.
 * - Times are the process's own: a clock that is set changes nothing. Each pause varies by a tenth, and the first is anything
 *   up to a whole one, so that a thousand instances that were found again are not asked in one moment.
 * - `judged` is told of each change of an instance's verdict, once; who was given up is not asked any more. `look` has the
 *   newest words for it.
 * - An instance that has no lasting checks costs nothing.
 */
export interface Prober {
  /** One that is watched already is left as it is. */
  watch(watched: Watched): void
  forget(containerId: string): void
  watching(appId: string): string[]
  /** Null: it is not watched. */
  look(containerId: string): Verdict | null
  close(): void
}

export type Watched = {
  appId: string
  slot: Slot
  asked: Asked
  /** Of readiness and liveness. */
  checks: readonly Healthcheck[]
  /** Its readiness checks have passed before. */
  isReady: boolean
}

export type Judgement = {
  appId: string
  slot: Slot
  containerId: string
  verdict: Verdict
  /** For how long it was well, as far as its liveness checks know: 0 where none of them has ever passed. */
  soundMs: number
}

export type ProberParts = {
  judged(judgement: Judgement): void
  report(doing: string, error: unknown): void
  ask?(asked: Asked, check: Healthcheck): Promise<Answer>
  random?(): number
  atOnce?: typeof atOnceByDefault
}

/** A command is a process of the runtime's beside its own: some 30 ms of a processor. */
const atOnceByDefault = {
  connections: { atOnce: 64, perApp: 16 },
  commands: { atOnce: 2, perApp: 1 },
}
const defaultWaitMs = 5_000
const defaultTimeoutMs = 5_000
/** One that hangs keeps others waiting. */
const longestTimeoutMs = 30_000
/** However often somebody writes that a check should be asked. */
const shortestWaitMs = 1_000

type Watch = Watched & {
  standings: Standing[]
  verdict: Verdict
  timers: Set<NodeJS.Timeout>
  soundMs: number
  /** Since its container was started; of this process's own clock. */
  ageMs(): number
}

export function openProber(parts: ProberParts): Prober {
  const { judged, report, random = Math.random } = parts
  const atOnce = parts.atOnce ?? atOnceByDefault
  const turns = { connections: openFairTurns(atOnce.connections), commands: openFairTurns(atOnce.commands) }
  const askOnce = parts.ask ?? ask
  const watches = new Map<string, Watch>()

  function watch(watched: Watched): void {
    const { id } = watched.asked.container
    if (watches.has(id) || watched.checks.length === 0) return
    const standings = watched.checks.map((check) => firstStanding(check, watched))
    const ageMs = openAge(watched.asked.container.startedAt)
    const verdict = verdictOf(standings)
    const made: Watch = { ...watched, standings, verdict, timers: new Set(), soundMs: 0, ageMs }
    watches.set(id, made)
    for (const [index, standing] of standings.entries()) later(made, index, firstPauseMs(made, standing))
  }

  function firstPauseMs({ ageMs }: Watch, { check, hasPassed }: Standing): number {
    const delayMs = Math.max(0, check.initialDelayMs - ageMs())
    return delayMs + (check.type === 'readiness' && !hasPassed ? 0 : random() * waitOf(check))
  }

  function later(one: Watch, index: number, pauseMs: number): void {
    const timer = setTimeout(() => {
      one.timers.delete(timer)
      askInTurn(one, index).catch((error: unknown) => {
        report(`asking ${one.asked.container.id} for its health`, error)
        if (isWatched(one)) later(one, index, waitOf((one.standings[index] as Standing).check))
      })
    }, pauseMs)
    one.timers.add(timer.unref())
  }

  async function askInTurn(one: Watch, index: number): Promise<void> {
    const { check } = one.standings[index] as Standing
    const kind = check.probe.kind === 'command' ? 'commands' : 'connections'
    const giveBack = await turns[kind].take(one.appId)
    try {
      if (!isWatched(one)) return
      const answer = await askOnce(one.asked, { ...check, timeoutMs: timeoutOf(check) })
      if (!isWatched(one)) return
      one.standings[index] = afterAnswer(one.standings[index] as Standing, answer)
      if (check.type === 'liveness' && answer.kind === 'passed') one.soundMs = one.ageMs()
    } finally {
      giveBack()
    }
    judge(one)
    if (isWatched(one)) later(one, index, nextPauseMs(one.standings[index] as Standing))
  }

  /** Somebody who was never ready is waited for. */
  function nextPauseMs({ check, hasPassed }: Standing): number {
    const waitMs = waitOf(check)
    const isAwaited = check.type === 'readiness' && !hasPassed
    return (isAwaited ? Math.min(waitMs, shortestWaitMs) : waitMs) * (0.9 + 0.2 * random())
  }

  function judge(one: Watch): void {
    const verdict = verdictOf(one.standings)
    const isSame = readinessIn(verdict) === readinessIn(one.verdict)
    one.verdict = verdict
    if (isSame) return
    const { appId, slot, soundMs } = one
    const containerId = one.asked.container.id
    if (verdict.kind === 'given up') forget(containerId)
    judged({ appId, slot, containerId, verdict, soundMs })
  }

  function forget(containerId: string): void {
    for (const timer of watches.get(containerId)?.timers ?? []) clearTimeout(timer)
    watches.delete(containerId)
  }

  function isWatched(one: Watch): boolean {
    return watches.get(one.asked.container.id) === one
  }

  return {
    watch,
    forget,
    watching: (appId) => [...watches].flatMap(([id, one]) => (one.appId === appId ? [id] : [])),
    look: (containerId) => watches.get(containerId)?.verdict ?? null,
    close: () => {
      for (const containerId of [...watches.keys()]) forget(containerId)
    },
  }
}

function waitOf(check: Healthcheck): number {
  return Math.max(shortestWaitMs, check.waitMs || defaultWaitMs)
}

function timeoutOf(check: Healthcheck): number {
  return Math.min(longestTimeoutMs, check.timeoutMs || defaultTimeoutMs)
}

/** What counts for everybody else; the words change with every answer. */
function readinessIn(verdict: Verdict): string {
  return verdict.kind === 'unready' ? verdict.readiness : verdict.kind
}

function openAge(startedAt: Date | null): () => number {
  const beforeMs = Math.max(0, Date.now() - (startedAt ?? new Date()).getTime())
  const since = performance.now()
  return () => beforeMs + performance.now() - since
}
