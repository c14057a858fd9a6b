import { type Readable, Writable } from 'node:stream'
import type { StartOptions } from '@berth/command'
import type { Attachment, ExecSpec, TerminalSize } from '../../engine.ts'
import { openOutputPipes } from '../../sandbox/output-pipes.ts'
import { openPseudoTerminal, type PseudoTerminal } from '../../sandbox/pseudo-terminal.ts'
import { mergedOutput } from '../attach/merged-output.ts'

/** What a further process reads and prints, and our ends of it. */
export type ExecStreams = {
  /** What the runtime gets. */
  stdio: NonNullable<StartOptions['stdio']>
  /** Null: the runtime's own standard input, if that was asked for. */
  input: Writable | null
  output: Attachment['output']
  resize: ((size: TerminalSize) => void) | null
  /** Whether somebody has begun to read the output. */
  isRead(): boolean
  /** Once the runtime has what it gets. */
  closeTheirs(): void
  close(): void
}

export function openExecStreams(spec: ExecSpec): ExecStreams {
  const streams = spec.terminal ? onTerminal(spec.terminal) : onPipes(spec.openInput ?? false)
  let isRead = false
  async function* noticed() {
    isRead = true
    yield* streams.output
  }
  return { ...streams, output: noticed(), isRead: () => isRead }
}

/** The runtime makes another terminal inside and carries everything between the two. */
function onTerminal(size: TerminalSize): Omit<ExecStreams, 'isRead'> {
  const terminal = openPseudoTerminal(size)
  // It breaks, by EIO, when nobody has the other end any more: that is its end.
  terminal.stream.on('error', () => undefined)
  return {
    stdio: [terminal.peer, terminal.peer, terminal.peer],
    input: typedInto(terminal.stream),
    output: mergedOutput([['stdout', terminal.stream as Readable]]),
    resize: terminal.resize,
    closeTheirs: terminal.closePeer,
    close: () => terminal.stream.destroy(),
  }
}

/** A terminal's input has no end: who wants one types it, Ctrl-D. */
function typedInto(terminal: PseudoTerminal['stream']): Writable {
  return new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      if (terminal.destroyed) done()
      else terminal.write(bytes, () => done())
    },
  })
}

function onPipes(openInput: boolean): Omit<ExecStreams, 'isRead'> {
  const pipes = openOutputPipes()
  const output = mergedOutput([
    ['stdout', pipes.stdout],
    ['stderr', pipes.stderr],
  ])
  return {
    stdio: [openInput ? 'pipe' : 'ignore', ...pipes.writeEnds],
    input: null,
    output,
    resize: null,
    closeTheirs: pipes.closeWriteEnds,
    close: pipes.close,
  }
}
