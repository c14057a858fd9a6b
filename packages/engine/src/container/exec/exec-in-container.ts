import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunningCommand } from '@berth/command'
import { isBerthError } from '@berth/domain'
import type { Attachment, ExecSpec } from '../../engine.ts'
import { processState } from '../../sandbox/processes-in.ts'
import { resizeTerminalOf } from '../../sandbox/pseudo-terminal.ts'
import { type ExecFiles, lastError } from '../../sandbox/runtime.ts'
import { reached } from '../../system/failure-points.ts'
import { containerError, execFailed } from '../errors.ts'
import { type Held, runningSlot, tell } from '../held-containers.ts'
import { signalNumber, signalOfExitCode } from '../signals.ts'
import type { Slot } from '../slot.ts'
import { endSession, signalSession } from './end-exec.ts'
import { execProcess } from './exec-process.ts'
import { type ExecStreams, openExecStreams } from './exec-streams.ts'
import { notExecuted } from './not-executed.ts'

/** Each is a process of the runtime's that stays, some 10 MB. */
const mostCommands = 64
const longestStartMs = 30_000
const longestLookMs = 8

/**
 * A further process in a running container. It belongs to this process: closing it, or the engine, kills it, and one
 * whose engine died is ended by the next.
 *
 * @throws CONTAINER.NOT_RUNNING, CONTAINER.PAUSED, CONTAINER.TOO_MANY_COMMANDS, CONTAINER.PROGRAM_NOT_FOUND,
 * CONTAINER.PROGRAM_NOT_EXECUTABLE, CONTAINER.EXEC_FAILED
 */
export async function execInContainer(held: Held, id: string, spec: ExecSpec): Promise<Attachment> {
  const { slot, pid } = runningSlot(held, id)
  const mark = `${slot.record.id}.${randomBytes(8).toString('hex')}`
  if (slot.commands.size >= mostCommands) {
    throw containerError['CONTAINER.TOO_MANY_COMMANDS']({ id, most: mostCommands })
  }
  slot.commands.set(mark, async () => undefined)
  const path = `${held.parts.places.execs}/${mark}`
  const files = { process: `${path}.json`, pid: `${path}.pid`, log: `${path}.log` }
  try {
    const process = await execProcess(slot, pid, spec).catch((error: unknown) => {
      throw isBerthError(error, 'CONTAINER.START_FAILED') ? execFailed(reasonOf(error)) : error
    })
    await writeFile(files.process, JSON.stringify(process), { mode: 0o600 })
    const joined = await startExec(held, slot, { spec, files })
    slot.commands.set(mark, joined.close)
    reached('command started')
    const exec = { id: mark.slice(-16), command: spec.command }
    tell(held, 'exec started', slot, { exec: { ...exec, code: null } })
    joined.exit.then(({ code }) => {
      forget(slot, mark, files)
      tell(held, 'exec ended', slot, { exec: { ...exec, code } })
    })
    return joined
  } catch (error) {
    forget(slot, mark, files)
    throw error
  }
}

function forget(slot: Slot, mark: string, files: ExecFiles): void {
  slot.commands.delete(mark)
  for (const file of Object.values(files)) rm(file, { force: true }).catch(() => undefined)
}

async function startExec(
  held: Held,
  slot: Slot,
  { spec, files }: { spec: ExecSpec; files: ExecFiles },
): Promise<Attachment> {
  const streams = openExecStreams(spec)
  const running = startRuntime(held, slot, { streams, files })
  const input = streams.input ?? running.stdin
  // One that ends without reading its input is no error: its exit tells.
  input?.on('error', () => undefined)
  const pid = await startedPid(running, files.pid)
  if (pid === undefined) {
    streams.close()
    const words = await lastError(files.log, 'the runtime ended without a word')
    throw notExecuted(spec.command[0] ?? '', words)
  }
  await writeFile(`/proc/${pid}/oom_score_adj`, String(oomScoreOf(held))).catch(() => undefined)
  // runc's leads one of its own, crun's is in the runtime's.
  const session = processState(pid)?.session ?? pid
  let ended = false
  const exit = running.exited.then(({ status }) => {
    ended = true
    const code = status ?? 137
    return { code, signal: signalOfExitCode(code) }
  })
  closeUnread(streams, exit)
  const { record } = slot
  return {
    input: spec.openInput ? input : null,
    output: streams.output,
    exit,
    async resize(size) {
      if (streams.resize === null) throw containerError['CONTAINER.NO_TERMINAL']()
      streams.resize(size)
      resizeTerminalOf(pid, size)
    },
    async signal(name) {
      const signal = signalNumber(name)
      if (!ended) signalSession(held.parts, record, { session, signal })
    },
    async close() {
      // What one that has ended by itself left behind was meant to stay.
      if (!ended) await endSession(held.parts, record, session)
      running.kill('SIGKILL')
      await exit
      streams.close()
    },
  }
}

const unreadForMs = 60_000

/** Who only waits for the end need not close it as well. */
function closeUnread(streams: ExecStreams, exit: Promise<unknown>): void {
  exit.then(() => {
    setTimeout(() => {
      if (!streams.isRead()) streams.close()
    }, unreadForMs).unref()
  })
}

function startRuntime(
  { parts }: Held,
  slot: Slot,
  { streams, files }: { streams: ExecStreams; files: ExecFiles },
): RunningCommand {
  try {
    return parts.runtime.exec(slot.record.id, { ...files, stdio: streams.stdio })
  } catch (error) {
    streams.close()
    throw error
  } finally {
    streams.closeTheirs()
  }
}

/** The runtime writes it down when the process is there. Undefined: it never was. */
async function startedPid(running: RunningCommand, path: string): Promise<number | undefined> {
  let ended = false
  running.exited.then(() => {
    ended = true
  })
  const deadline = Date.now() + longestStartMs
  for (let lookMs = 2; ; lookMs = Math.min(lookMs * 1.5, longestLookMs)) {
    // In this order: it may start and end between two looks.
    const over = ended
    const pid = Number(await readFile(path, 'utf8').catch(() => ''))
    if (pid > 0) return pid
    if (over) return undefined
    if (Date.now() > deadline) running.kill('SIGKILL')
    await pause(lookMs)
  }
}

/** As the container's own: it goes before the platform does. */
function oomScoreOf({ parts }: Held): number {
  return Math.min(1000, Math.max(0, parts.host.oomScore) + 200)
}

function reasonOf(error: Error): string {
  return error.message.replace(/^The container could not be started: /, '')
}
