import { createInterface } from 'node:readline'
import { PassThrough, type Writable } from 'node:stream'
import { mergedOutput } from '../container/attach/merged-output.ts'
import { containerError } from '../container/errors.ts'
import { signalNumber, signalOfExitCode } from '../container/signals.ts'
import type { Attachment, ExecSpec, TerminalSize } from '../engine.ts'
import { type FakeProcess, runFakeProgram } from './fake-program.ts'

/** A program's input and the lines of it. */
export function fakeInput(): { input: Writable; lines: AsyncIterator<string> } {
  const input = new PassThrough()
  return { input, lines: createInterface(input)[Symbol.asyncIterator]() }
}

/** A further process in a fake container. */
export function fakeExec(
  spec: ExecSpec,
  container: { env: Readonly<Record<string, string>>; address: string },
): { attachment: Attachment; process: FakeProcess } {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const { input, lines } = fakeInput()
  let size = spec.terminal ?? null
  const isTerminal = size !== null
  const process = runFakeProgram({
    words: spec.command,
    env: { ...container.env, ...spec.env },
    address: container.address,
    ...(spec.openInput ? { input: lines } : {}),
    size: () => size ?? { rows: 0, columns: 0 },
    print: (stream, text) =>
      (stream === 'stdout' || isTerminal ? stdout : stderr).write(`${text}${isTerminal ? '\r' : ''}\n`),
  })
  const exit = process.ended.then(({ code }) => {
    stdout.end()
    stderr.end()
    return { code, signal: signalOfExitCode(code) }
  })
  const attachment = {
    input: spec.openInput ? input : null,
    output: mergedOutput([
      ['stdout', stdout],
      ['stderr', stderr],
    ]),
    exit,
    async resize(wanted: TerminalSize) {
      if (!isTerminal) throw containerError['CONTAINER.NO_TERMINAL']()
      size = wanted
    },
    async signal(name: string) {
      process.kill(signalNumber(name))
    },
    async close() {
      process.kill(9)
      await exit
    },
  }
  return { attachment, process }
}
