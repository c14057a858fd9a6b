import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** One line from the person; a hidden one is not echoed. From a pipe, the next line of it. */
export async function ask(question: string, { hidden }: { hidden: boolean }): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  if (hidden) process.stderr.write(question)
  const terminal = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: process.stdin.isTTY,
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
