import { type OneOff, oneOffError } from '@berth/deploy'
import { instanceName, isBerthError } from '@berth/domain'
import type { DetachedRun, FrameStream, OneOffName, OneOffView } from '@berth/observe'
import { beginOneOff, type OneOffParts, present } from './begin-one-off.ts'
import { type ConverseTimes, converse } from './converse.ts'
import { joinProcess, longestSessionMs } from './join-process.ts'
import { oneOffViews } from './one-off-views.ts'
import { untilEnded } from './until-ended.ts'

/**
 * Instances that run one command beside an app's own. Promises:
 * - An attached one ends with its session, and a session with its connection: nothing is left of it then.
 * - What a worker that died has left attached is cleared away by the next (`takeOver`); detached ones are found again,
 *   and end when their time is up.
 */
export interface OneOffs {
  /** Resolves when the session is over and nothing of it is left. */
  serve(appId: string, stream: FrameStream): Promise<void>
  list(appId: string): Promise<OneOffView[]>
  runDetached(appId: string, run: DetachedRun): Promise<OneOffName>
  /** Whoever began it. @throws ONE_OFF.NOT_FOUND */
  stop(appId: string, name: string): Promise<void>
  takeOver(): Promise<void>
  /** Sessions are over when this resolves; detached ones run on. */
  close(): Promise<void>
}

const defaultTimes: ConverseTimes = {
  beginMs: 10_000,
  graceMs: 10_000,
  silenceMs: 500,
  sessionMs: longestSessionMs,
}
const stopTimeoutMs = 10_000

export function openOneOffs(parts: OneOffParts, changes: Partial<ConverseTimes> = {}): OneOffs {
  const { engine, closing, report } = parts
  const times = { ...defaultTimes, ...changes }
  const sessions = new Set<Promise<void>>()

  /** Its end is noticed by whoever is the worker then. */
  function watch(oneOff: OneOff): void {
    untilEnded(parts, oneOff, closing)
      .then(() => engine.containers.remove(oneOff.containerId))
      .catch((error: unknown) => closing.aborted || report('looking after a one-off instance', error))
  }

  return {
    serve(appId, stream) {
      const session = converse(stream, (begin) => joinProcess(parts, appId, begin), {
        times,
        closing,
        report: (error) => report('an attached session', error),
      }).catch((error: unknown) => report('ending an attached session', error))
      sessions.add(session)
      return session.finally(() => sessions.delete(session))
    },

    list: (appId) => oneOffViews(parts, appId),

    async runDetached(appId, { command, entrypoint, timeoutMs }) {
      const { name, oneOff } = await beginOneOff(parts, appId, {
        kind: 'detached',
        command: { words: command, entrypoint },
        timeoutMs,
        cronRunId: null,
      })
      watch(oneOff)
      return { name }
    },

    async stop(appId, name) {
      const found = await present(parts, appId)
      const oneOff = found.find(({ type, index }) => instanceName(type, index) === name)
      if (oneOff === undefined) throw oneOffError['ONE_OFF.NOT_FOUND']({ name })
      try {
        if (oneOff.kind === 'attached') await engine.containers.kill(oneOff.containerId, 'SIGKILL')
        else await engine.containers.stop(oneOff.containerId, { timeoutMs: stopTimeoutMs })
      } catch (error) {
        // It has ended meanwhile.
        if (!isBerthError(error, 'CONTAINER.NOT_FOUND', 'CONTAINER.NOT_RUNNING')) throw error
      }
    },

    async takeOver() {
      for (const oneOff of await present(parts)) {
        if (oneOff.kind === 'attached') await engine.containers.remove(oneOff.containerId)
        if (oneOff.kind === 'detached') watch(oneOff)
      }
    },

    close: async () => void (await Promise.all(sessions)),
  }
}
