import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { cliError } from './errors.ts'

/** What commands are given to keep: on the command line, over standard input, or in a file. */

/** @throws CLI.BAD_INPUT; what is said of it is the name alone, because the rest may be a secret */
export function fromWords(words: readonly string[]): Record<string, string> {
  const pairs = words.map((word) => {
    const at = word.indexOf('=')
    if (at < 1) {
      const what = `An assignment reads NAME=value; ${JSON.stringify(at === 0 ? '' : word.slice(0, 40))} has no ${at === 0 ? 'name' : 'value'}.`
      throw cliError['CLI.BAD_INPUT']({ what })
    }
    return [word.slice(0, at), word.slice(at + 1)] as const
  })
  return Object.fromEntries(pairs)
}

/** As a pipe brings it, without the line end that most programs put behind it. */
export async function fromInput(names: readonly string[]): Promise<Record<string, string>> {
  const [name, ...more] = names
  if (name === undefined || more.length > 0 || name.includes('='))
    throw cliError['CLI.BAD_INPUT']({ what: 'With --stdin, say one name and no value.' })
  return { [name]: (await text(process.stdin)).replace(/\r?\n$/, '') }
}

/** Larger is refused by the platform anyway; it need not be read first. */
const mostBytes = 1024 * 1024

export async function readContent(path: string): Promise<Buffer> {
  const given = path === '-' ? await readInput() : await readFile(path).catch(unreadable(path))
  if (given.length > mostBytes) throw cliError['CLI.BAD_INPUT']({ what: `${path} is larger than 1 MB.` })
  return given
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  let count = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    count += chunk.length
    chunks.push(chunk)
    if (count > mostBytes) break
  }
  return Buffer.concat(chunks)
}

function unreadable(path: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw cliError['CLI.BAD_INPUT']({ what: `${path} cannot be read: ${error.code}.` }, { cause: error })
  }
}
