import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { command, localRunner } from '@berth/command'

/** A network namespace with nothing in it but its loopback, which is down: another machine, or this one without its network. */
export type PrivateNetwork = {
  /** Of the process that holds it. */
  pid: number
  /** Runs a program there, to its end; returns what it prints. */
  run(...words: [string, ...string[]]): Promise<string>
  /** Starts one there that is to be ended. */
  start(...words: [string, ...string[]]): ReturnType<typeof localRunner.start>
  remove(): Promise<void>
}

export async function makePrivateNetwork(): Promise<PrivateNetwork> {
  const holder = localRunner.start({ argv: ['unshare', '--net', 'sh', '-c', 'echo ready; exec sleep 600'] })
  await once(holder.stdout as Readable, 'data')
  const pid = holder.pid as number
  const there = (words: readonly string[]) => command('nsenter', `--net=/proc/${pid}/ns/net`, ...words)
  return {
    pid,
    run: async (...words) => (await localRunner.run(there(words))).stdout,
    start: (...words) => localRunner.start(there(words)),
    async remove() {
      holder.kill('SIGKILL')
      await holder.exited
    },
  }
}
