import { mkdir } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { dirname, join } from 'node:path'
import { type CommandRunner, localRunner } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { certificateDirectory } from '../../certificate-name.ts'
import { checkTable } from '../../check-table.ts'
import type { PortRoute, Route, RouteTable, Target } from '../../front-door.ts'
import { listeningPorts } from '../../ports/listening-ports.ts'
import { readCertificateFiles } from './certificate-files.ts'
import { ensureDefaultCertificate } from './default-certificate.ts'
import { currentDirectory, putAllInPlace, readIfThere, tableFile } from './files.ts'
import type { HaproxyOptions } from './options.ts'

const probeTimeoutMs = 500

/**
 * What HAProxy comes up with before anybody has applied a table: the last one, without the targets that accept no
 * connection now. After a reboot that is all of them, and their hosts say "starting" until the worker has applied what
 * is really there. Call it while HAProxy does not run.
 * @throws ROUTE.CONFIGURATION_REFUSED
 */
export async function writeInitialConfiguration(
  options: HaproxyOptions,
  runner: CommandRunner = localRunner,
): Promise<void> {
  await mkdir(options.directory, { recursive: true, mode: 0o755 })
  await mkdir(dirname(options.adminSocket), { recursive: true, mode: 0o755 })
  if (options.tls !== null) await ensureDefaultCertificate(options.tls.defaultCertificate, runner)
  const table = await lastTable(options.directory)
  const [routes, ports] = await Promise.all([
    Promise.all(table.routes.map(withoutDeadTargets)),
    Promise.all((await freePorts(table)).map(ofThoseAlive)),
  ])
  await putAllInPlace({ directory: options.directory, runner }, { ...table, routes, ports }, options)
}

/** Empty where there is none, or where it is not what `apply` has written. */
async function lastTable(directory: string): Promise<RouteTable> {
  const text = await readIfThere(join(currentDirectory(directory), tableFile))
  try {
    const written: RouteTable = JSON.parse(text ?? '{"routes":[]}')
    const certificates = await readCertificateFiles(
      join(currentDirectory(directory), certificateDirectory),
      written.certificates ?? [],
    )
    const table = { ...written, certificates }
    checkTable(table)
    return table
  } catch (error) {
    const unusable = error instanceof SyntaxError || error instanceof TypeError || isBerthError(error)
    if (unusable) return { routes: [] }
    throw error
  }
}

async function withoutDeadTargets(route: Route): Promise<Route> {
  const { targets } = await ofThoseAlive(route)
  return {
    ...route,
    targets,
    state: route.state === 'live' && targets.length === 0 ? 'starting' : route.state,
  }
}

async function ofThoseAlive<Led extends { targets: readonly Target[] }>(led: Led): Promise<Led> {
  const alive = await Promise.all(led.targets.map(accepts))
  return { ...led, targets: led.targets.filter((_, index) => alive[index]) }
}

/** One that something else has taken would keep HAProxy from starting. */
async function freePorts({ ports = [] }: RouteTable): Promise<PortRoute[]> {
  const taken = ports.length === 0 ? new Set<number>() : await listeningPorts()
  return ports.filter(({ port }) => !taken.has(port))
}

function accepts(target: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: target.address, port: target.port, timeout: probeTimeoutMs })
    const end = (accepted: boolean) => () => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', end(true))
    socket.once('error', end(false))
    socket.once('timeout', end(false))
  })
}
