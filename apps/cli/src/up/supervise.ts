import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandExit, CommandRunner, RunningCommand } from '@berth/command'
import { type Part, type PartLog, restartDelayMs, steadyAfterMs } from './part.ts'

/**
 * Keeps one part running until it is told to stop: starts it, passes its lines on, starts it again when it ends, with
 * growing delays where it ends early. It promises that a part is gone when `stop` has settled.
 */
export type Supervised = {
  name: string
  /** The first time it is ready. Rejects when it is not ready within `limitMs`. */
  ready(limitMs: number, stopping?: AbortSignal): Promise<void>
  pid(): number | undefined
  stop(): Promise<void>
}

export function supervise(part: Part, runner: CommandRunner, log: PartLog): Supervised {
  const stopping = new AbortController()
  let running: RunningCommand | undefined
  const ended = keepRunning()

  async function keepRunning(): Promise<void> {
    let earlyEnds = 0
    while (!stopping.signal.aborted) {
      const started = Date.now()
      await part
        .prepare?.()
        .catch((error: Error) => log(part.name, `could not be prepared: ${error.message}`))
      if (stopping.signal.aborted) return
      running = runner.start(part.command, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
      passOn(running.stdout, (line) => log(part.name, line))
      passOn(running.stderr, (line) => log(part.name, line))
      const exit = await running.exited
      if (stopping.signal.aborted) return
      earlyEnds = Date.now() - started < steadyAfterMs ? earlyEnds + 1 : 0
      const delayMs = restartDelayMs(earlyEnds)
      log(part.name, `ended with ${describeExit(exit)}; starting it again in ${delayMs} ms`)
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  async function stop(): Promise<void> {
    stopping.abort()
    running?.kill(part.stopSignal)
    const late = setTimeout(() => running?.kill('SIGKILL'), part.stopTimeoutMs)
    await ended
    clearTimeout(late)
  }

  return {
    name: part.name,
    ready: (limitMs, stopped = stopping.signal) =>
      part.ready(AbortSignal.any([AbortSignal.timeout(limitMs), stopping.signal, stopped])),
    pid: () => running?.pid,
    stop,
  }
}

function passOn(stream: Readable | null, take: (line: string) => void): void {
  if (stream === null) return
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take)
}

function describeExit(exit: CommandExit): string {
  return exit.signal ?? `status ${exit.status}`
}
