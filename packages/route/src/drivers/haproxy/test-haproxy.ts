import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createListener } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { localRunner, type RunningCommand } from '@berth/command'
import { writeInitialConfiguration } from './initial-configuration.ts'
import { type HaproxyOptions, haproxyCommand } from './options.ts'
import { readIdentity } from './read-state.ts'
import { haproxySocket } from './socket.ts'

/** A HAProxy of its own for a test, on a loopback port that was free a moment ago. */
export type TestHaproxy = {
  options: HaproxyOptions
  /** What it printed. */
  output(): string
  start(): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
  /** How many times its workers were started anew. */
  reloads(): Promise<number>
  close(): Promise<void>
}

export async function startHaproxy(): Promise<TestHaproxy> {
  const directory = await mkdtemp('/tmp/berth-route-')
  const options: HaproxyOptions = {
    directory: join(directory, 'front-door'),
    adminSocket: join(directory, 'run', 'admin.sock'),
    masterSocket: join(directory, 'run', 'master.sock'),
    httpPort: await freePort(),
    tls: { port: await freePort(), defaultCertificate: join(directory, 'front-door', 'default.pem') },
    trustedProxies: [],
    addresses: ['127.0.0.1'],
    dropTo: { user: 'haproxy', group: 'haproxy', jail: join(directory, 'front-door', 'jail') },
    threads: 2,
    maxConnections: 2000,
  }
  let process: RunningCommand | undefined
  let printed = ''

  async function start(): Promise<void> {
    process = localRunner.start(haproxyCommand(options), { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk) => {
        printed = (printed + chunk).slice(-100_000)
      })
    }
    const ask = haproxySocket('admin', options.adminSocket)
    const deadline = Date.now() + 10_000
    while (!(await readIdentity(ask).catch(() => ''))) {
      if (Date.now() > deadline) throw new Error(`HAProxy did not start: ${printed}`)
      await sleep(10)
    }
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    process?.kill(signal)
    await process?.exited
  }

  await writeInitialConfiguration(options)
  await start()
  return {
    options,
    output: () => printed,
    start,
    kill,
    async reloads() {
      const processes = await haproxySocket('master', options.masterSocket)('show proc')
      return Number(/^\d+\s+master\s+(\d+)/m.exec(processes)?.[1])
    },
    async close() {
      await kill('SIGTERM')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Below those that the kernel gives to connections: free still when HAProxy listens there again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000)
    const listener = createListener()
    const isFree = await new Promise<boolean>((resolve) => {
      listener.once('error', () => resolve(false))
      listener.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => listener.close(resolve))
    return port
  }
}
