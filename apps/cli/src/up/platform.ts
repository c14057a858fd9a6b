import type { CommandRunner } from '@berth/command'
import { berthUser, systemUser } from '@berth/database/cluster/system-user.ts'
import type { Settings } from '@berth/domain'
import { accepts } from '../accepts.ts'
import { cliError } from '../errors.ts'
import { mountCode } from './code-root.ts'
import type { Part, PartLog } from './part.ts'
import { parts } from './parts.ts'
import { type Prepared, prepareParts } from './preparation.ts'
import { prepareHome } from './prepare-home.ts'
import { type Supervised, supervise } from './supervise.ts'
import { takeUpLock } from './up-lock.ts'
import { welcome } from './welcome.ts'

/**
 * Every process of the platform, until this one is told to end. It starts them in order, starts again whichever ends, and
 * on SIGINT or SIGTERM stops them in reverse. Apps run on: they do not depend on any of it.
 */
export async function runPlatform(given: Omit<Starting, 'stopping'>): Promise<void> {
  const { settings, root, log, runner } = given
  const unlock = await takeUpLock(settings)
  const stopping = stopSignal()
  const started: Supervised[] = []
  try {
    await requireFreePorts(settings)
    await prepareHome(settings, systemUser(berthUser))
    await mountCode(root, runner)
    welcome(settings, await start({ ...given, stopping }, started))
    await aborted(stopping)
  } catch (error) {
    if (!stopping.aborted) throw error
  } finally {
    log('up', 'stopping; apps run on')
    for (const part of started.reverse()) await part.stop()
    unlock()
  }
}

type Starting = {
  settings: Settings
  root: string
  log: PartLog
  runner: CommandRunner
  stopping: AbortSignal
}

/** PostgreSQL first, because the others need it and its tables; then the rest side by side. */
async function start(starting: Starting, started: Supervised[]): Promise<Prepared> {
  const { settings, root, runner } = starting
  const { first, rest } = await parts(settings, root, runner)
  for (const part of first) await startPart(part, starting, started)
  const prepared = await prepareParts(settings, root, runner)
  await Promise.all(rest.map((part) => startPart(part, starting, started)))
  return prepared
}

const readyWithinMs = 60_000

async function startPart(
  part: Part,
  { log, runner, stopping }: Starting,
  started: Supervised[],
): Promise<void> {
  stopping.throwIfAborted()
  const supervised = supervise(part, runner, log)
  started.push(supervised)
  const begun = Date.now()
  try {
    await supervised.ready(readyWithinMs, stopping)
  } catch (error) {
    stopping.throwIfAborted()
    throw cliError['UP.NOT_READY']({ part: part.name, limitMs: readyWithinMs }, { cause: error })
  }
  log('up', `${part.name} is ready (${Date.now() - begun} ms)`)
}

async function requireFreePorts(settings: Settings): Promise<void> {
  const wanted: [number, string][] = [
    [settings.httpPort, 'BERTH_HTTP_PORT'],
    ...(settings.httpsPort === null
      ? []
      : ([[settings.httpsPort, 'BERTH_HTTPS_PORT']] as [number, string][])),
    [settings.sshPort, 'BERTH_SSH_PORT'],
    [settings.dashboardPort, 'BERTH_DASHBOARD_PORT'],
    [settings.receiverPort, 'BERTH_RECEIVER_PORT'],
  ]
  for (const [port, setting] of wanted) {
    if (await accepts({ port })) throw cliError['UP.PORT_TAKEN']({ port, setting })
  }
}

/** Aborted by the first SIGINT or SIGTERM; more of them change nothing: a terminal and a supervisor may both send one. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  process.on('SIGINT', () => stopping.abort())
  process.on('SIGTERM', () => stopping.abort())
  return stopping.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
