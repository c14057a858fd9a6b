import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { makePipe } from '../system/syscalls.ts'

/** What a process prints, for us to read: true pipes, which it may open once more as /dev/stdout and /dev/stderr. */
export type OutputPipes = {
  stdout: Readable
  stderr: Readable
  /** What the process gets as its descriptors 1 and 2. */
  writeEnds: readonly [number, number]
  /** Ours: once the process has them, or is not coming. */
  closeWriteEnds(): void
  /** Both were read to their end, which comes when no process has them any more, or closed. */
  over: Promise<unknown>
  close(): void
}

export function openOutputPipes(): OutputPipes {
  const stdout = openOutput()
  try {
    return joined(stdout, openOutput())
  } catch (error) {
    stdout.close()
    throw error
  }
}

function joined(stdout: Output, stderr: Output): OutputPipes {
  const over = Promise.all([stdout.over, stderr.over])
  // One that fails while nobody waits for it is no error of anyone else's.
  over.catch(() => undefined)
  return {
    stdout: stdout.reader,
    stderr: stderr.reader,
    writeEnds: [stdout.writeEnd, stderr.writeEnd],
    closeWriteEnds() {
      stdout.closeWriteEnd()
      stderr.closeWriteEnd()
    },
    over,
    close() {
      stdout.close()
      stderr.close()
    },
  }
}

type Output = ReturnType<typeof openOutput>

/** A socket reads it, not a file's stream, which would hold one of Node's few threads for as long as nothing comes. */
function openOutput() {
  const { readEnd, writeEnd } = makePipe()
  const reader: Readable = new Socket({ fd: readEnd, readable: true, writable: false })
  const over = new Promise<void>((resolve, reject) => {
    reader.once('error', reject)
    reader.once('close', resolve)
  })
  let isOpen = true
  const closeWriteEnd = () => {
    if (isOpen) closeSync(writeEnd)
    isOpen = false
  }
  return {
    reader,
    writeEnd,
    over,
    closeWriteEnd,
    close() {
      closeWriteEnd()
      reader.destroy()
    },
  }
}
