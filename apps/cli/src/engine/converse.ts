import type { Attachment } from '@berth/engine'

/**
 * Joins this terminal, or these pipes, to a process: keys go in, what it prints comes out, and the size of the window is told
 * on. Ends with the process's exit code, or with null where the person let go of it (Ctrl-P Ctrl-Q, as with Docker).
 */
export async function converse(
  attachment: Attachment,
  options: { terminal: boolean },
): Promise<number | null> {
  const { input } = attachment
  const isRaw = options.terminal && process.stdin.isTTY
  const stopResizing = options.terminal && process.stdout.isTTY ? followWindow(attachment) : nothing
  let letGo = false
  const stopReading =
    input === null
      ? nothing
      : readKeys({
          input,
          isRaw,
          letGo: () => {
            letGo = true
            void attachment.close()
          },
        })
  try {
    for await (const { stream, bytes } of attachment.output) {
      await written(stream === 'stderr' ? process.stderr : process.stdout, bytes)
    }
    return letGo ? null : (await attachment.exit).code
  } catch (error) {
    if (letGo) return null
    throw error
  } finally {
    stopReading()
    stopResizing()
  }
}

const detachKeys = Buffer.from([0x10, 0x11])

function readKeys({
  input,
  isRaw,
  letGo,
}: {
  input: NodeJS.WritableStream
  isRaw: boolean
  letGo: () => void
}) {
  const { stdin } = process
  const take = (bytes: Buffer) => {
    if (isRaw && bytes.includes(detachKeys)) return letGo()
    if (input.write(bytes)) return
    stdin.pause()
    input.once('drain', () => stdin.resume())
  }
  const end = () => input.end()
  // A process that does not read any more is told of by its end.
  input.on('error', () => undefined)
  if (isRaw) stdin.setRawMode(true)
  stdin.on('data', take)
  stdin.once('end', end)
  return () => {
    stdin.off('data', take)
    stdin.off('end', end)
    if (isRaw) stdin.setRawMode(false)
    // Else the open input would keep this process from ending.
    stdin.pause()
    stdin.unref?.()
  }
}

function followWindow(attachment: Attachment): () => void {
  const tell = () => {
    const { columns, rows } = process.stdout
    // A process that has ended has no window.
    attachment.resize({ columns, rows }).catch(() => undefined)
  }
  tell()
  process.stdout.on('resize', tell)
  return () => void process.stdout.off('resize', tell)
}

/** What is slow to show makes the process wait. */
export function written(stream: NodeJS.WritableStream, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve())))
}

function nothing(): void {}
