import { closeSync, openSync, writeFileSync } from 'node:fs'
import { type CommandRunner, command } from '@berth/command'
import type { IdRange } from '../filesystem.ts'

/**
 * Calls `use` with a descriptor of a user namespace that maps 0 … 65535 to the range. The process that the namespace
 * was made with is gone afterwards; the namespace itself lives for as long as something refers to it.
 */
export async function withUserNamespace<Result>(
  commands: CommandRunner,
  range: IdRange,
  use: (descriptor: number) => Result | Promise<Result>,
): Promise<Result> {
  const signal = AbortSignal.timeout(10_000)
  const child = commands.start(command('unshare', '--user', '--', 'cat'), { signal })
  try {
    await untilItAnswers(child)
    const map = `0 ${range.start} ${range.size}\n`
    writeFileSync(`/proc/${child.pid}/uid_map`, map)
    writeFileSync(`/proc/${child.pid}/gid_map`, map)
    const descriptor = openSync(`/proc/${child.pid}/ns/user`, 'r')
    try {
      return await use(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } finally {
    child.stdin?.end()
    await child.exited
  }
}

/** `cat` answers once it runs, and it runs in the new namespace. */
async function untilItAnswers(child: ReturnType<CommandRunner['start']>): Promise<void> {
  child.stdin?.on('error', () => undefined)
  child.stdin?.write('\n')
  const answered = new Promise<'answered'>((resolve) => child.stdout?.once('data', () => resolve('answered')))
  const first = await Promise.race([answered, child.exited])
  if (first !== 'answered') throw new Error(`unshare --user ended with ${first.status ?? first.signal}`)
}
