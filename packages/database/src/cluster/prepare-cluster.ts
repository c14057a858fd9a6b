import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Command, type CommandRunner, localRunner } from '@berth/command'
import { isBerthError, places, type Settings } from '@berth/domain'
import { databaseError } from '../errors.ts'
import {
  embeddedBinaries,
  hostBasedAccess,
  identityMap,
  initdbCommand,
  singleUserCommand,
  versionCommand,
} from './postgres-commands.ts'
import { clearStrayServer } from './stray-server.ts'
import { berthUser, postgresUser, type SystemUser, systemUser } from './system-user.ts'

/**
 * Makes the embedded PostgreSQL's data directory ready to be served. Idempotent, and safe to be killed anywhere: a new
 * cluster is made under another name and appears by rename, complete with role and database.
 *
 * Runs as root, before every start of the server, by whoever holds the platform's lock: a server that an earlier run
 * left behind is stopped. Does not start anything.
 * @throws DATABASE.NO_SYSTEM_USER, DATABASE.BINARIES_UNUSABLE, DATABASE.OTHER_VERSION, DATABASE.STRAY_SERVER
 */
export async function prepareCluster(options: {
  settings: Pick<Settings, 'home' | 'run'>
  binaries?: string
  runner?: CommandRunner
}): Promise<void> {
  const { settings, binaries = embeddedBinaries(), runner = localRunner } = options
  const user = systemUser(postgresUser)
  const { postgresData } = places(settings)
  await makeDirectories(settings, user)
  const version = await usableVersion(runner, versionCommand(binaries, user), binaries)
  const found = await dataVersion(postgresData)
  if (found === null) await createCluster({ runner, binaries, directory: postgresData, user })
  else if (found !== version) throw databaseError['DATABASE.OTHER_VERSION']({ found, expected: version })
  await clearStrayServer(settings)
  await writeAccessRules(postgresData, user)
}

async function makeDirectories(settings: Pick<Settings, 'home' | 'run'>, user: SystemUser): Promise<void> {
  const { postgresSocketDirectory } = places(settings)
  for (const directory of [settings.home, settings.run])
    await mkdir(directory, { recursive: true, mode: 0o755 })
  await mkdir(postgresSocketDirectory, { recursive: true })
  await chown(postgresSocketDirectory, user.uid, systemUser(berthUser).gid)
  await chmod(postgresSocketDirectory, 0o750)
}

/** Running it as its user shows in one step that the directory can be reached and that its libraries are there. */
async function usableVersion(runner: CommandRunner, command: Command, directory: string): Promise<string> {
  const { stdout } = await runner.run(command).catch((error: unknown) => {
    if (!isBerthError(error)) throw error
    throw databaseError['DATABASE.BINARIES_UNUSABLE']({ directory, reason: error.message }, { cause: error })
  })
  const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]
  if (major === undefined) {
    throw databaseError['DATABASE.BINARIES_UNUSABLE']({ directory, reason: `it says ${stdout.trim()}` })
  }
  return major
}

/** Null: there is no cluster yet. */
async function dataVersion(directory: string): Promise<string | null> {
  try {
    return (await readFile(`${directory}/PG_VERSION`, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function createCluster(options: {
  runner: CommandRunner
  binaries: string
  directory: string
  user: SystemUser
}): Promise<void> {
  const { runner, binaries, directory, user } = options
  const unfinished = `${directory}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  await chown(unfinished, user.uid, user.gid)
  await runner.run(initdbCommand(binaries, unfinished, user), { timeoutMs: 120_000 })
  await runner.run(singleUserCommand(binaries, unfinished, user), {
    input: 'CREATE ROLE berth LOGIN;\nCREATE DATABASE berth OWNER berth;\n',
    timeoutMs: 120_000,
  })
  await rename(unfinished, directory)
  await syncDirectory(dirname(directory))
}

async function writeAccessRules(directory: string, user: SystemUser): Promise<void> {
  for (const [name, text] of [
    ['pg_hba.conf', hostBasedAccess],
    ['pg_ident.conf', identityMap],
  ] as const) {
    await writeFile(`${directory}/${name}.new`, text, { mode: 0o600 })
    await chown(`${directory}/${name}.new`, user.uid, user.gid)
    await rename(`${directory}/${name}.new`, `${directory}/${name}`)
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync()
  await handle.close()
}
