import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type Command, localRunner } from '@berth/command'
import { places } from '@berth/domain'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectionString } from '../connection/connection-string.ts'
import { openDatabase } from '../connection/open-database.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../temporary-database.ts'
import { embeddedBinaries, postgresServerCommand } from './postgres-commands.ts'
import { prepareCluster } from './prepare-cluster.ts'
import { clearStrayServer } from './stray-server.ts'
import { systemUser } from './system-user.ts'

let database: TemporaryDatabase
beforeAll(async () => {
  database = await temporaryDatabase()
})
afterAll(() => database.remove())

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: connectionString(database.settings) })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('the server listens on its socket alone, and loses nothing that was committed', async () => {
  const shown = async (name: string) => Object.values((await query(`SHOW ${name}`))[0] as object)[0]
  expect(await shown('listen_addresses')).toBe('')
  expect(await shown('fsync')).toBe('on')
  expect(await shown('synchronous_commit')).toBe('on')
  expect(await shown('full_page_writes')).toBe('on')
  expect(await shown('shared_buffers')).toBe('32MB')
})

test('its files are its user’s alone, and only root and berth reach the socket', async () => {
  const { postgresData, postgresSocketDirectory } = places(database.settings)
  const user = systemUser('berth-postgres')
  const data = await stat(postgresData)
  expect({ mode: data.mode & 0o777, uid: data.uid }).toEqual({ mode: 0o700, uid: user.uid })
  const socket = await stat(postgresSocketDirectory)
  expect({ mode: socket.mode & 0o777, gid: socket.gid }).toEqual({
    mode: 0o750,
    gid: systemUser('berth').gid,
  })
})

test('berth may connect, and nobody else may', async () => {
  const { postgresSocketDirectory } = places(database.settings)
  const connectAs = (name: string) => {
    const program = `
      import pg from ${JSON.stringify(import.meta.resolve('pg'))}
      const client = new pg.Client({ host: ${JSON.stringify(postgresSocketDirectory)}, user: 'berth', database: 'berth' })
      await client.connect().then(() => client.end(), (error) => { console.log(error.code); process.exitCode = 1 })`
    const command: Command = {
      argv: [process.execPath, '--input-type=module', '--eval', program],
      cwd: '/',
      user: systemUser(name),
    }
    return localRunner.run(command, { okStatuses: [0, 1] })
  }
  expect(await connectAs('berth')).toMatchObject({ status: 0 })
  expect(await connectAs('nobody')).toMatchObject({ status: 1, stdout: 'EACCES\n' })
})

test('preparing again changes nothing, and a half-made cluster is made anew', async () => {
  const settings = { ...database.settings, home: `${database.settings.home}/second` }
  const { postgresData } = places(settings)
  await mkdir(`${postgresData}.new/half`, { recursive: true })
  await prepareCluster({ settings })
  const { birthtimeMs } = await stat(postgresData)
  await prepareCluster({ settings })
  expect((await stat(postgresData)).birthtimeMs).toBe(birthtimeMs)
  await expect(stat(`${postgresData}.new`)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('data of another PostgreSQL is not touched', async () => {
  const settings = { ...database.settings, home: `${database.settings.home}/old` }
  const { postgresData } = places(settings)
  await mkdir(postgresData, { recursive: true })
  await writeFile(`${postgresData}/PG_VERSION`, '17\n')
  await expect(prepareCluster({ settings })).rejects.toMatchObject({ code: 'DATABASE.OTHER_VERSION' })
})

test('binaries that its user cannot reach are named', async () => {
  const binaries = `${database.settings.home}/closed`
  await mkdir(binaries, { mode: 0o700 })
  await expect(prepareCluster({ settings: database.settings, binaries })).rejects.toMatchObject({
    code: 'DATABASE.BINARIES_UNUSABLE',
  })
})

test('the server is a plain command that the supervisor runs', () => {
  const { argv, user } = postgresServerCommand({ home: '/h', run: '/r' })
  expect(argv.slice(0, 3)).toEqual([`${embeddedBinaries()}/postgres`, '-D', '/h/postgres'])
  expect(argv).toContain('unix_socket_directories=/r/postgres')
  expect(user).toEqual(systemUser('berth-postgres'))
})

test('a lock file that names somebody else’s process does not stop the next start', async () => {
  const stores = openDatabase(database.settings)
  const team = await stores.people.createTeam('crew')
  await stores.close()
  await database.kill()
  const lock = `${places(database.settings).postgresData}/postmaster.pid`
  const text = await readFile(lock, 'utf8')
  const other = localRunner.start({ argv: ['sleep', '60'], user: systemUser('berth-postgres') })
  await writeFile(lock, text.replace(/^\d+/, String(other.pid)))

  await database.start()
  const again = openDatabase(database.settings)
  expect(await again.people.team(team.id)).toEqual(team)
  await again.close()
  other.kill('SIGKILL')
  await other.exited
})

test('a server that was left running is stopped, and its data stays', async () => {
  const stray = temporaryDatabase({ migrated: false })
  const { settings, remove } = await stray
  const lock = `${places(settings).postgresData}/postmaster.pid`
  const pid = Number((await readFile(lock, 'utf8')).split('\n')[0])
  await clearStrayServer(settings)
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  await expect(stat(lock)).rejects.toMatchObject({ code: 'ENOENT' })
  await remove()
  await rm(settings.home, { recursive: true, force: true })
})
