import { Readable, Writable } from 'node:stream'
import type { Command } from '../command.ts'
import { type CommandResult, type CommandRunner, commandError, type RunningCommand } from '../runner.ts'

export type FakeAnswer = { status?: number; stdout?: string; stderr?: string }

/** Answers from a script and remembers what it was asked: for tests that compare commands. */
export function fakeRunner(
  answer: (command: Command) => FakeAnswer = () => ({}),
): CommandRunner & { asked: Command[] } {
  const asked: Command[] = []
  const ask = (command: Command) => {
    asked.push(command)
    return { status: 0, stdout: '', stderr: '', ...answer(command) }
  }
  return {
    asked,
    async run(command, options = {}): Promise<CommandResult> {
      const { status, stdout, stderr } = ask(command)
      if (!(options.okStatuses ?? [0]).includes(status)) {
        throw commandError['COMMAND.FAILED']({ command, status, stderr })
      }
      return { status, stdout, stderr, stdoutBytes: Buffer.from(stdout) }
    },
    start(command): RunningCommand {
      const { status, stdout, stderr } = ask(command)
      return {
        pid: 1,
        stdin: new Writable({ write: (_chunk, _encoding, done) => done() }),
        stdout: Readable.from([stdout]),
        stderr: Readable.from([stderr]),
        pipe: () => null,
        kill: () => undefined,
        exited: Promise.resolve({ status, signal: null }),
      }
    },
  }
}
