import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { localRunner, Secret } from '@berth/command'

/** Debian's docker-registry on the loopback address: the one that we did not write. `infra/setup --tests` installs it. */
export type DebianRegistry = { host: string; stop(): Promise<void> }

export const registryUser = { username: 'ann', password: new Secret('secret-word') }

/** `ann:secret-word`, by bcrypt at its lowest cost. */
const passwordFile = 'ann:$2b$04$dPGugVopXUmqgKjzH3XNBevUpnA7VPJqNhupFJ0GqyjJsYLW8FRs6\n'

export async function startDebianRegistry({ login = false } = {}): Promise<DebianRegistry> {
  const directory = mkdtempSync('/tmp/berth-registry-')
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  writeFileSync(`${directory}/users`, passwordFile)
  const configuration = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: `${directory}/data` } },
    http: { addr: host },
    ...(login ? { auth: { htpasswd: { realm: 'tests', path: `${directory}/users` } } } : {}),
  }
  // JSON is YAML.
  writeFileSync(`${directory}/config.yml`, JSON.stringify(configuration))
  const running = localRunner.start(
    { argv: ['docker-registry', 'serve', `${directory}/config.yml`] },
    { stdio: ['ignore', 'ignore', 'ignore'] },
  )
  const stop = async () => {
    running.kill('SIGKILL')
    await running.exited
    rmSync(directory, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await answers(port)) return { host, stop }
    await pause(50)
  }
  await stop()
  throw new Error('docker-registry does not start; infra/setup --tests installs it')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.once('connect', () => socket.destroy())
  })
}
