import { writeFile } from 'node:fs/promises'
import { isBerthError, tell } from '@berth/domain'
import type { DiskUse } from '../engine.ts'
import { undoStack } from '../sandbox/undo-stack.ts'
import type { SandboxStep, StepExit } from '../sandbox.ts'
import { isDiskFull } from '../system/is-disk-full.ts'
import { type DiskVerdict, watchDisk } from './disk-watch.ts'
import { buildError, overspent } from './errors.ts'
import { type ReadyMounts, readyMounts } from './mounts/run-mounts.ts'
import { scriptPath } from './plan-step.ts'
import { type Below, makeLayer, type StepContext, type StepOf } from './step-context.ts'

const authoritiesTarget = '/run/berth/ca-certificates.crt'
/** The names under which programs look for a file of authorities: OpenSSL, Node, curl, Python's requests, pip, git. */
const authorityNames = [
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
]
const longestLine = 8_192

/**
 * RUN. @throws BUILD.STEP_FAILED, BUILD.OUT_OF_MEMORY, BUILD.TIMED_OUT, BUILD.OVER_DISK_LIMIT, BUILD.DISK_FULL,
 * BUILD.CANNOT_RUN, and what `readyMounts` throws
 */
export async function runStep(context: StepContext, step: StepOf<'run'>, below: Below) {
  const { layersOf } = below
  return makeLayer(context, below.parent, context.range, async (root, directory) => {
    const undo = undoStack()
    try {
      const ready = await readyMounts(
        { context, place: step.place, directory, layersOf, undo },
        step.action.mounts,
      )
      const script = step.action.script === null ? null : `${directory}/script`
      if (script !== null) await writeFile(script, step.action.script ?? '', { mode: 0o755 })
      const directories = [`${directory}/upper`, ...ready.writable]
      await runWatched(context, step, sandboxStep(context, step, { root, script, ready }), directories)
    } finally {
      await undo.run()
    }
    return undefined
  })
}

function sandboxStep(
  context: StepContext,
  { action }: StepOf<'run'>,
  { root, script, ready }: { root: string; script: string | null; ready: ReadyMounts },
): SandboxStep {
  const { authorities, limits } = context.request
  const trusted = authorities === null ? [] : authorityNames.map((name) => [name, authoritiesTarget])
  return {
    root,
    range: context.range,
    argv: action.argv,
    env: {
      ...ready.defaults,
      ...Object.fromEntries(trusted),
      ...action.unkeyedEnv,
      ...action.env,
      ...ready.env,
    },
    workingDirectory: action.workingDirectory,
    user: action.user,
    hostname: 'build',
    network: action.network,
    limits: {
      memoryBytes: limits.memoryBytes,
      cpuWeight: limits.cpuWeight,
      pids: limits.pids,
      timeoutMs: Math.max(1, context.deadline - Date.now()),
    },
    mounts: [
      ...(authorities === null
        ? []
        : [{ kind: 'bind' as const, source: authorities, target: authoritiesTarget }]),
      ...(script === null ? [] : [{ kind: 'bind' as const, source: script, target: scriptPath }]),
      ...ready.mounts,
    ],
  }
}

async function runWatched(
  context: StepContext,
  step: StepOf<'run'>,
  sandboxed: SandboxStep,
  directories: readonly string[],
): Promise<void> {
  const ended = new AbortController()
  const stop = new AbortController()
  const watched = {
    directories,
    left: () => context.disk.leftFor(step.id),
    seen: (use: DiskUse) => context.disk.seen(step.id, use),
  }
  const watching = watchDisk(watched, ended.signal).then((verdict) => {
    if (verdict !== undefined) stop.abort(new Error(verdict))
    return verdict
  })
  const output = (stream: 'stdout' | 'stderr', text: string) => {
    const line = text.replace(/\r?\n$/, '').slice(0, longestLine)
    tell(context.sink, { kind: 'line', step: step.id, stream, text: line })
  }
  const signal = AbortSignal.any([context.signal, stop.signal])
  const running = context.sandbox.runStep(sandboxed, output, signal)
  const [exit] = await Promise.allSettled([running.finally(() => ended.abort())])
  const verdict = await watching
  context.signal.throwIfAborted()
  if (verdict !== undefined) throw diskError(context, step, verdict)
  const failed = exit.status === 'rejected' || exit.value.code !== 0 || exit.value.signal !== null
  if (failed && (await isDiskFull(directories[0] ?? '/'))) throw diskError(context, step, 'disk full')
  if (exit.status === 'rejected') throw notStarted(step, exit.reason)
  checkExit(context, step, exit.value)
}

/** What the sandbox refuses because of the image is the Dockerfile's to change. */
function notStarted({ place }: StepOf<'run'>, error: unknown): unknown {
  if (!isBerthError(error) || error.fault !== 'user') return error
  return buildError['BUILD.CANNOT_RUN']({ place, problem: error.message }, { cause: error })
}

function diskError({ disk }: StepContext, { place }: StepOf<'run'>, verdict: DiskVerdict): Error {
  if (verdict === 'disk full') return buildError['BUILD.DISK_FULL']({ place })
  return overspent(verdict, place, disk.limits)
}

function checkExit({ request }: StepContext, { place, action, title }: StepOf<'run'>, exit: StepExit): void {
  const { memoryBytes, timeoutMs } = request.limits
  if (exit.timedOut) throw buildError['BUILD.TIMED_OUT']({ place, limitMs: timeoutMs })
  if (exit.code === 0 && exit.signal === null) return
  if (exit.outOfMemory) throw buildError['BUILD.OUT_OF_MEMORY']({ place, limitBytes: memoryBytes })
  const { code, signal } = exit
  throw buildError['BUILD.STEP_FAILED']({ place, command: action.command, code, signal, title })
}
