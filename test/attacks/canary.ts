import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * What of the machine an attack would reach: a tree outside of the engine's home, root's own. `state` says all that can
 * be seen of it (names, kinds, content, modes, owners, links, times of content and of the inode, who has called its
 * socket), so that whoever touched anything has changed the answer. Reading alone leaves no trace there: `secret` must not
 * appear in anything that an attack was told.
 */
export type Canary = {
  directory: string
  secret: string
  secretPath: string
  socketPath: string
  state(): string
  remove(): Promise<void>
}

export async function makeCanary(): Promise<Canary> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-canary-'))
  const secret = `canary-${randomBytes(12).toString('hex')}`
  const secretPath = `${directory}/secret`
  const socketPath = `${directory}/socket`
  mkdirSync(`${directory}/kept/deep`, { recursive: true })
  mkdirSync(`${directory}/kept/empty`)
  writeFileSync(secretPath, `${secret}\n`, { mode: 0o644 })
  writeFileSync(`${directory}/kept/deep/file`, `${secret} as well\n`, { mode: 0o600 })
  symlinkSync('kept', `${directory}/link`)
  let calls = 0
  const server = createServer((socket) => {
    calls += 1
    socket.on('error', () => {}).end(secret)
  }).listen(socketPath)
  await once(server, 'listening')
  for (const path of [directory, `${directory}/kept`, `${directory}/kept/deep`]) chmodSync(path, 0o755)
  chmodSync(socketPath, 0o666)
  chownSync(secretPath, 0, 0)
  return {
    ...{ directory, secret, secretPath, socketPath },
    state: () => `${calls} calls\n${describe(directory).join('\n')}`,
    async remove() {
      server.close()
      await once(server, 'close')
      rmSync(directory, { recursive: true })
    },
  }
}

function describe(path: string): string[] {
  const stats = lstatSync(path, { bigint: true })
  const { mode, uid, gid, nlink, ino, size, mtimeNs, ctimeNs } = stats
  const own = `${path} ${mode.toString(8)} ${uid}:${gid} ${nlink} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
  if (stats.isFile()) return [`${own} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`]
  if (stats.isSymbolicLink()) return [`${own} ${readlinkSync(path)}`]
  if (!stats.isDirectory()) return [own]
  return [
    own,
    ...readdirSync(path)
      .sort()
      .flatMap((name) => describe(`${path}/${name}`)),
  ]
}
