import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Command } from '../command.ts'
import {
  type CommandExit,
  type CommandResult,
  type CommandRunner,
  commandError,
  type RunningCommand,
  type RunOptions,
  type StartOptions,
} from '../runner.ts'
import { Secret } from '../secret.ts'

const defaultTimeoutMs = 60_000
const defaultMaxOutputBytes = 64 * 1024 * 1024
const killAfterMs = 2_000
/** What a killed program wrote last is still read. */
const drainMs = 100
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Runs commands on this machine. */
export const localRunner: CommandRunner = { run, start }

function start(command: Command, options: StartOptions = {}): RunningCommand {
  const [program, ...args] = command.argv
  const child = spawn(program, args, {
    cwd: command.cwd,
    // Next makes NODE_ENV a part of this type, and the dashboard is checked with it.
    env: environment(command) as NodeJS.ProcessEnv,
    stdio: [...(options.stdio ?? ['pipe', 'pipe', 'pipe'])],
    detached: options.detached ?? false,
    ...(command.user ?? {}),
  })
  const exited = exit(child)
  const stopKilling = killOnAbort(child, options.signal)
  exited.then(stopKilling)
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    pipe: (descriptor) => (child.stdio[descriptor] as Readable | Writable | null) ?? null,
    kill: (signal) => void child.kill(signal),
    exited,
  }
}

async function run(command: Command, options: RunOptions = {}): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const timeout = AbortSignal.timeout(timeoutMs)
  const tooMuch = new AbortController()
  const signal = AbortSignal.any([timeout, tooMuch.signal, ...(options.signal ? [options.signal] : [])])
  options.signal?.throwIfAborted()

  const process = start(command, { signal })
  process.stdin?.on('error', ignoreClosedPipe)
  process.stdin?.end(options.input ?? '')
  const maxOutputBytes = options.maxOutputBytes ?? defaultMaxOutputBytes
  const [stdoutBytes, stderr, exit] = await Promise.all([
    collect(process.stdout, maxOutputBytes, tooMuch),
    collect(process.stderr, maxOutputBytes, tooMuch),
    process.exited,
  ])

  options.signal?.throwIfAborted()
  if (tooMuch.signal.aborted) throw commandError['COMMAND.TOO_MUCH_OUTPUT']({ command, maxOutputBytes })
  if (timeout.aborted) throw commandError['COMMAND.TIMED_OUT']({ command, timeoutMs })
  if (exit.status === 127 && process.pid === undefined) throw commandError['COMMAND.NOT_FOUND']({ command })
  if (exit.status === null || !(options.okStatuses ?? [0]).includes(exit.status)) {
    throw commandError['COMMAND.FAILED']({ command, status: exit.status, stderr: stderr.toString() })
  }
  return { status: exit.status, stdout: stdoutBytes.toString(), stderr: stderr.toString(), stdoutBytes }
}

/** A minimal environment and the command’s own: nothing is inherited but PATH. */
export function environment(command: Command): Record<string, string> {
  const base = { PATH: process.env.PATH ?? defaultPath, HOME: '/root', LANG: 'C.UTF-8' }
  const own = Object.entries(command.env ?? {}).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ])
  return { ...base, ...Object.fromEntries(own) }
}

function exit(child: ChildProcess): Promise<CommandExit> {
  return new Promise((resolve) => {
    child.once('error', () => child.pid === undefined && resolve({ status: 127, signal: null }))
    child.once('close', (status, signal) => resolve({ status, signal }))
  })
}

function killOnAbort(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let last: NodeJS.Timeout | undefined
  const kill = () => {
    child.kill('SIGTERM')
    last = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    givePipesUpAfterExit(child)
  }
  if (signal?.aborted) kill()
  else signal?.addEventListener('abort', kill, { once: true })
  return () => {
    signal?.removeEventListener('abort', kill)
    clearTimeout(last)
  }
}

/** What a killed program has started may live on and hold the pipes open; nobody waits for that. */
function givePipesUpAfterExit(child: ChildProcess): void {
  const giveUp = () => {
    setTimeout(() => {
      for (const pipe of child.stdio) pipe?.destroy()
    }, drainMs)
  }
  if (child.exitCode === null && child.signalCode === null) child.once('exit', giveUp)
  else giveUp()
}

function collect(stream: Readable | null, limit: number, tooMuch: AbortController): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limit) tooMuch.abort()
    else chunks.push(chunk)
  })
  return new Promise((resolve, reject) => {
    if (stream === null) return resolve(Buffer.alloc(0))
    stream.once('error', reject)
    stream.once('close', () => resolve(Buffer.concat(chunks)))
  })
}

/** A program may end without reading its input: its exit status tells what that means. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error
}
