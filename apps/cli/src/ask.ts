import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** One line from the person; a hidden one is not echoed. From a pipe, the next line of it; behind its end, nothing. */
export async function ask(question: string, { hidden }: { hidden: boolean }): Promise<string> {
  if (!process.stdin.isTTY) return await nextOfPipe(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  if (hidden) process.stderr.write(question)
  const terminal = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: true,
  })
  try {
    const answer = await Promise.race([
      terminal.question(hidden ? '' : question),
      new Promise<string>((resolve) => terminal.once('close', () => resolve(''))),
    ])
    if (hidden) process.stderr.write('\n')
    return answer.trim()
  } finally {
    terminal.close()
  }
}

let piped: AsyncIterator<string> | undefined

/**
 * Whoever reads a pipe reads more than a line of it, so there is one reader for all questions. Between them the pipe rests: one
 * that stays open would keep the process from ending.
 */
async function nextOfPipe(question: string): Promise<string> {
  process.stderr.write(question)
  const { stdin } = process
  piped ??= createInterface({ input: stdin })[Symbol.asyncIterator]()
  stdin.resume()
  const { done, value } = await piped.next()
  stdin.pause()
  return done ? '' : value.trim()
}
