import { chown, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { localRunner, type RunningCommand } from '@berth/command'
import { berthUser, openDatabase, systemUser } from '@berth/database'
import { type TemporaryDatabase, temporaryDatabase } from '@berth/database/temporary-database.ts'
import { places, type Settings, settingsEnvironment } from '@berth/domain'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openPusher, type Pusher } from './tests/pusher.ts'

/** The process itself, as the user berth, over a real database; there is no worker. */
let database: TemporaryDatabase
let settings: Settings
let receiver: RunningCommand
let ada: Pusher
let output = ''

beforeAll(async () => {
  database = await temporaryDatabase()
  settings = { ...database.settings, sshPort: await freePort(), receiverPort: await freePort() }
  const berth = systemUser(berthUser)
  const { repositories, receiver: own, registry } = places(settings)
  for (const path of [repositories, own, registry]) {
    await mkdir(path)
    await chown(path, berth.uid, berth.gid)
  }
  ada = await openPusher(settings.home, 'ada', {
    sshPort: settings.sshPort,
    httpPort: 0,
    close: async () => undefined,
  })
  await addAccount()
  receiver = localRunner.start({
    argv: [process.execPath, new URL('receiver.ts', import.meta.url).pathname],
    env: settingsEnvironment(settings),
    cwd: '/',
    user: berth,
  })
  for (const stream of [receiver.stdout, receiver.stderr])
    stream?.on('data', (text) => {
      output += text
    })
  await vi.waitFor(() => expect(output).toContain('git over SSH on port'), { timeout: 20_000 })
})

afterAll(async () => {
  receiver?.kill('SIGKILL')
  await database?.remove()
})

async function addAccount(): Promise<void> {
  const stores = openDatabase(settings)
  const person = await stores.people.createPerson({
    name: 'Ada',
    email: 'ada@example.org',
    passwordHash: null,
    team: { name: 'Acme' },
    role: 'owner',
  })
  await stores.people.addKey({ personId: person.id, name: 'key', ...ada.key })
  await stores.close()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('it makes its host key for itself alone', async () => {
  const { receiver: place } = places(settings)
  expect(await readdir(place)).toEqual(['ssh_host_ed25519_key'])
  expect((await stat(`${place}/ssh_host_ed25519_key`)).mode & 0o777).toBe(0o600)
})

test('it knows the accounts of the database', async () => {
  const { stderr } = await ada.ssh()
  expect(stderr).toContain('Berth takes git pushes here; there is no shell.')
})

test('it keeps less than 130 MB of its own while it has nothing to do', async () => {
  const status = await readFile(`/proc/${receiver.pid}/status`, 'utf8')
  expect(Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1])).toBeLessThan(130_000)
})

test('what is pushed belongs to berth', async () => {
  const stored = await ada.push('shop', 'main:draft')
  expect(stored.status, stored.stderr).toBe(0)
  const [repository] = await readdir(places(settings).repositories)
  const { uid } = await stat(`${places(settings).repositories}/${repository}/HEAD`)
  expect(uid).not.toBe(0)
})

test('it ends when it is told to, soon, and says so with 0', async () => {
  const before = Date.now()
  receiver.kill('SIGTERM')
  expect(await receiver.exited).toEqual({ status: 0, signal: null })
  expect(Date.now() - before).toBeLessThan(10_000)
  expect(output.trim().split('\n')).toHaveLength(1)
})
