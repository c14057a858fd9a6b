import type { Readable, Writable } from 'node:stream'
import { errorTable } from '@berth/domain'
import { type Command, describe } from './command.ts'

/**
 * Runs commands. Two drivers: `localRunner` runs them on this machine, `fakeRunner` answers from a script.
 *
 * Contract:
 * - `run` waits for the end and returns exit status and output; it throws COMMAND.FAILED where the status is not among
 *   `okStatuses` (default: 0 alone), COMMAND.TIMED_OUT after `timeoutMs` (default 60 s; the process is killed first),
 *   COMMAND.NOT_FOUND where there is no such program, and COMMAND.TOO_MUCH_OUTPUT beyond `maxOutputBytes`.
 * - `start` returns at once with the running process; its end is the promise `exited`, which never rejects.
 * - An aborted `signal` kills the process (SIGTERM, after 2 s SIGKILL).
 * - Nothing of the caller's environment is inherited but PATH, and HOME and LANG have fixed values.
 */
export interface CommandRunner {
  run(command: Command, options?: RunOptions): Promise<CommandResult>
  start(command: Command, options?: StartOptions): RunningCommand
}

export type RunOptions = {
  input?: string | Uint8Array
  timeoutMs?: number
  signal?: AbortSignal
  okStatuses?: readonly number[]
  maxOutputBytes?: number
}

export type StartOptions = {
  signal?: AbortSignal
  /** What the process gets as descriptors 0, 1, 2, 3 …; default: three pipes. */
  stdio?: readonly ('pipe' | 'ignore' | 'inherit' | number)[]
  /** Its own session, so that it outlives us and a Ctrl-C of our terminal does not reach it. */
  detached?: boolean
}

export type CommandResult = { status: number; stdout: string; stderr: string; stdoutBytes: Buffer }

export type CommandExit = { status: number | null; signal: NodeJS.Signals | null }

export type RunningCommand = {
  pid: number | undefined
  stdin: Writable | null
  stdout: Readable | null
  stderr: Readable | null
  /** The pipe at this descriptor, where `stdio` asked for one. */
  pipe(descriptor: number): Readable | Writable | null
  kill(signal: NodeJS.Signals): void
  /** A command that could not be started ends with status 127. */
  exited: Promise<CommandExit>
}

export const commandError = errorTable({
  'COMMAND.FAILED': {
    message: (details: { command: Command; status: number | null; stderr: string }) =>
      `${details.command.argv[0]} ended with ${details.status ?? 'a signal'}: ${lastLines(details.stderr)}`,
    hint: (details: { command: Command }) => `It was called as: ${describe(details.command)}`,
    fault: 'system',
    retryable: false,
  },
  'COMMAND.TIMED_OUT': {
    message: (details: { command: Command; timeoutMs: number }) =>
      `${details.command.argv[0]} did not end within ${details.timeoutMs} ms.`,
    hint: (details: { command: Command }) => `It was called as: ${describe(details.command)}`,
    fault: 'system',
    retryable: true,
  },
  'COMMAND.NOT_FOUND': {
    message: (details: { command: Command }) => `There is no program ${details.command.argv[0]} here.`,
    hint: () => 'Run `npm run setup`, which installs what Berth needs.',
    fault: 'system',
    retryable: false,
  },
  'COMMAND.TOO_MUCH_OUTPUT': {
    message: (details: { command: Command; maxOutputBytes: number }) =>
      `${details.command.argv[0]} printed more than ${details.maxOutputBytes} bytes.`,
    hint: (details: { command: Command }) => `It was called as: ${describe(details.command)}`,
    fault: 'system',
    retryable: false,
  },
})

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join(' · ').slice(-600) || '(no output)'
}
