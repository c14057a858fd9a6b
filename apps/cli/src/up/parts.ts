import type { Command, CommandRunner } from '@berth/command'
import {
  embeddedBinaries,
  postgresServerCommand,
  postgresSocket,
} from '@berth/database/cluster/postgres-commands.ts'
import { prepareCluster } from '@berth/database/cluster/prepare-cluster.ts'
import { places, type Settings, settingsEnvironment } from '@berth/domain'
import { haproxyCommand, haproxyOptions, writeInitialConfiguration } from '@berth/route'
import { accepts } from '../accepts.ts'
import { checkout } from './code-root.ts'
import type { Part } from './part.ts'
import { endsWithUs, program } from './program.ts'
import { answers, until } from './readiness.ts'

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

async function postgres(settings: Settings, root: string, runner: CommandRunner): Promise<Part> {
  const binaries = embeddedBinaries().replace(checkout, root)
  await prepareCluster({ settings, binaries, runner })
  return {
    name: 'postgres',
    command: endsWithUs('INT', postgresServerCommand(settings, binaries)),
    // Whether it answers queries too, the preparation finds out.
    ready: (signal) => until(() => accepts({ path: postgresSocket(settings) }), signal),
    stopSignal: 'SIGINT',
    stopTimeoutMs: 15_000,
  }
}

function worker(settings: Settings, root: string): Part {
  const { workerSocket } = places(settings)
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
    ready: (signal) =>
      until(
        () => answers({ socketPath: workerSocket, path: '/health' }, JSON.stringify({ ok: true })),
        signal,
      ),
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
    ready: (signal) => until(() => accepts({ port: settings.httpPort }), signal),
    stopSignal: 'SIGUSR1',
    stopTimeoutMs: 3_000,
  }
}

function receiver(settings: Settings, root: string): Part {
  return {
    name: 'receiver',
    command: asBerth(program(root, 'apps/receiver/src/receiver.ts'), settings),
    ready: (signal) =>
      until(
        async () =>
          (await accepts({ port: settings.sshPort })) && (await accepts({ port: settings.receiverPort })),
        signal,
      ),
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
    ready: (signal) => until(() => answers({ port: settings.dashboardPort, path: '/api/health' }), signal),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
  }
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
