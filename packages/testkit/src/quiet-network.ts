import { chmod, readFile, readlink, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { command, localRunner } from '@berth/command'
import { openSocks } from './socks.ts'

/**
 * A network namespace in which nothing ever changes. Chromium breaks off what waits for a connection whenever an interface
 * or an address of its machine comes or goes, and each container that starts is such a change: a page that is being loaded
 * stays without some of its scripts. From in here the machine's loopback address is reached through a SOCKS proxy.
 */
export type QuietNetwork = {
  /** Chromium's name for the way out. */
  proxy: string
  /** A program that starts the given one in here, with the words that it is given itself. */
  launcher: (program: string) => Promise<string>
  close: () => Promise<void>
}

const proxyPort = 1080
const opensWithinMs = 10_000

/**
 * The namespace is that of its relay, which ends with us: none is left behind. `directory` is for its files; who made it
 * removes it.
 */
export async function openQuietNetwork(directory: string): Promise<QuietNetwork> {
  const socks = await openSocks(`${directory}/socks`)
  const relay = localRunner.start(
    command(
      'setpriv',
      ...['--pdeathsig', 'KILL', '--', 'unshare', '--net', '--', 'socat'],
      `TCP4-LISTEN:${proxyPort},backlog=128,reuseaddr,fork`,
      `UNIX-CONNECT:${socks.path}`,
    ),
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const inside = ['nsenter', `--net=/proc/${relay.pid}/ns/net`, '--'] as const
  await listening(relay.pid ?? 0)
  await localRunner.run({ argv: [...inside, 'ip', 'link', 'set', 'lo', 'up'] })
  return {
    proxy: `socks5://127.0.0.1:${proxyPort}`,
    async launcher(program) {
      const path = `${directory}/launcher`
      await writeFile(path, `#!/bin/sh\nexec ${inside.join(' ')} ${program} "$@"\n`)
      await chmod(path, 0o755)
      return path
    },
    async close() {
      relay.kill('SIGKILL')
      await relay.exited
      await socks.close()
    },
  }
}

/** Until the relay has a network of its own and listens there. */
async function listening(pid: number): Promise<void> {
  const ours = await readlink('/proc/self/ns/net')
  // Source: proc(5), net/tcp: local port in hexadecimal, then the far address, then the state 0A for LISTEN.
  const listens = new RegExp(`:0*${proxyPort.toString(16)} \\S+ 0A `, 'i')
  for (const end = Date.now() + opensWithinMs; Date.now() < end; await sleep(20)) {
    if ((await readlink(`/proc/${pid}/ns/net`)) === ours) continue
    if (listens.test(await readFile(`/proc/${pid}/net/tcp`, 'utf8'))) return
  }
  throw new Error('socat does not listen in a network of its own; infra/setup installs it')
}
