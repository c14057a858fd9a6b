import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type Command, localRunner, type RunningCommand } from '@berth/command'
import { readSettings, type Settings } from '@berth/domain'
import { ensureSecret } from '@berth/people'
import { postgresServerCommand } from './cluster/postgres-commands.ts'
import { prepareCluster } from './cluster/prepare-cluster.ts'
import { waitUntilReady } from './connection/wait-until-ready.ts'
import { migrate } from './migrations/migrate.ts'

/** For tests of any package: a real PostgreSQL of their own. Imported as '@berth/database/temporary-database.ts'. */
export type TemporaryDatabase = {
  /** Home and run lie in a temporary directory; `databaseUrl` is null. */
  settings: Settings
  /** Kill with SIGKILL, as a machine's out-of-memory killer does. */
  kill(): Promise<void>
  /** Start again after `kill`, and wait until it answers. */
  start(): Promise<void>
  /** Stops it and removes every file. */
  remove(): Promise<void>
}

/** Migrated unless told otherwise. Takes about a second. Needs root and the users that set-up makes. */
export async function temporaryDatabase(options: { migrated?: boolean } = {}): Promise<TemporaryDatabase> {
  const home = await mkdtemp('/tmp/berth-db-')
  await chmod(home, 0o755) // mkdtemp's 0700 would keep PostgreSQL's user out.
  const settings = readSettings({ BERTH_HOME: home, BERTH_RUN: `${home}/run` })
  let server: RunningCommand | undefined

  const start = async () => {
    await prepareCluster({ settings })
    const command = postgresServerCommand(settings)
    // The kernel ends it with us, so that a test run which crashes leaves no server behind.
    const bound: Command = { ...command, argv: ['setpriv', '--pdeathsig', 'INT', '--', ...command.argv] }
    server = localRunner.start(bound, { stdio: ['ignore', 'ignore', 'ignore'] })
    await waitUntilReady(settings)
  }
  const end = async (signal: NodeJS.Signals) => {
    server?.kill(signal)
    await server?.exited
  }
  const remove = async () => {
    await end('SIGINT')
    await rm(home, { recursive: true, force: true })
  }
  try {
    await start()
    await ensureSecret(settings, { groupId: process.getgid?.() ?? 0 })
    if (options.migrated ?? true) await migrate(settings)
  } catch (error) {
    await remove()
    throw error
  }
  return { settings, start, kill: () => end('SIGKILL'), remove }
}
