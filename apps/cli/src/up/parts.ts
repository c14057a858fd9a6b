import type { Command, CommandRunner } from '@berth/command'
import {
  embeddedBinaries,
  migrate,
  postgresServerCommand,
  prepareCluster,
  type SystemUser,
  waitUntilReady,
} from '@berth/database'
import { places, type Settings, settingsEnvironment } from '@berth/domain'
import { openLiveClient } from '@berth/observe'
import { ensureSecret } from '@berth/people'
import { haproxyCommand, haproxyOptions, writeInitialConfiguration } from '@berth/route'
import { checkout } from './code-root.ts'
import type { Part } from './part.ts'

import { accepts, answers, until } from './readiness.ts'

/**
 * The processes of the platform (the README’s map of the code has them in a table): PostgreSQL as `berth-postgres`, dashboard
 * and receiver as `berth` without a way to more rights, the worker as root in a mount namespace of its own, HAProxy,
 * which gives its root up itself. Each is told to end when `berth up` dies, however it dies.
 */
export type Parts = { first: Part[]; rest: Part[] }

export async function parts(settings: Settings, root: string, runner: CommandRunner): Promise<Parts> {
  const first = settings.databaseUrl === null ? [await postgres(settings, root, runner)] : []
  return {
    first,
    rest: [worker(settings, root), haproxy(settings), receiver(settings, root), dashboard(settings, root)],
  }
}

/** What the rest needs before it starts, and only once the database is there. */
export async function prepareParts(settings: Settings, berth: SystemUser): Promise<void> {
  await waitUntilReady(settings)
  await migrate(settings)
  await ensureSecret(settings, { groupId: berth.gid })
}

async function postgres(settings: Settings, root: string, runner: CommandRunner): Promise<Part> {
  const binaries = embeddedBinaries().replace(checkout, root)
  await prepareCluster({ settings, binaries, runner })
  return {
    name: 'postgres',
    command: endsWithUs('INT', postgresServerCommand(settings, binaries)),
    ready: (signal) => waitUntilReady(settings, { signal }),
    stopSignal: 'SIGINT',
    stopTimeoutMs: 15_000,
  }
}

function worker(settings: Settings, root: string): Part {
  const live = openLiveClient(places(settings).workerSocket)
  return {
    name: 'worker',
    command: endsWithUs('TERM', {
      argv: [
        'unshare',
        '--mount',
        '--propagation',
        'private',
        '--',
        ...program(root, 'apps/worker/src/worker.ts'),
      ],
      env: { ...settingsEnvironment(settings), NODE_COMPILE_CACHE: places(settings).rootCode },
      cwd: '/',
    }),
    ready: (signal) => until(() => live.healthy(), signal),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 20_000,
  }
}

function haproxy(settings: Settings): Part {
  const options = haproxyOptions(settings)
  return {
    name: 'haproxy',
    prepare: () => writeInitialConfiguration(options),
    command: endsWithUs('TERM', haproxyCommand(options)),
    ready: (signal) => until(() => accepts(settings.httpPort), signal),
    stopSignal: 'SIGUSR1',
    stopTimeoutMs: 3_000,
  }
}

function receiver(settings: Settings, root: string): Part {
  return {
    name: 'receiver',
    command: asBerth(program(root, 'apps/receiver/src/receiver.ts'), settings),
    ready: (signal) =>
      until(async () => (await accepts(settings.sshPort)) && (await accepts(settings.receiverPort)), signal),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
  }
}

function dashboard(settings: Settings, root: string): Part {
  const words = program(
    root,
    'node_modules/next/dist/bin/next',
    'start',
    `${root}/apps/dashboard`,
    '--hostname',
    '127.0.0.1',
    '--port',
    String(settings.dashboardPort),
  )
  return {
    name: 'dashboard',
    command: asBerth(words, settings),
    ready: (signal) => until(() => answers(`http://127.0.0.1:${settings.dashboardPort}/api/health`), signal),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
  }
}

/**
 * Node with small young spaces: these processes wait most of the time, and what they keep of a burst is memory that the
 * apps lack.
 */
function program(root: string, path: string, ...words: string[]): [string, ...string[]] {
  return [`${root}/node_modules/node/bin/node`, '--max-semi-space-size=2', `${root}/${path}`, ...words]
}

/**
 * Without root, and without a way back to it: no set-id program gives a process more than it has. The signal for our
 * death is set by the same call, because the kernel forgets it when the user changes.
 */
function asBerth(words: readonly string[], settings: Settings): Command {
  const rights = ['--reuid', 'berth', '--regid', 'berth', '--init-groups', '--no-new-privs']
  return {
    argv: ['setpriv', '--pdeathsig', 'TERM', ...rights, '--', ...words],
    env: {
      ...settingsEnvironment(settings),
      NODE_COMPILE_CACHE: places(settings).berthCode,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      HOME: '/nonexistent',
    },
    cwd: '/',
  }
}

/** The kernel sends `signal` when `berth up` is gone. */
function endsWithUs(signal: string, given: Command): Command {
  return { ...given, argv: ['setpriv', '--pdeathsig', signal, '--', ...given.argv] }
}
