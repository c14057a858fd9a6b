import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandRunner, localRunner } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { certificateName } from '../certificate-name.ts'
import { checkTable } from '../check-table.ts'
import { routeError } from '../errors.ts'
import type { FrontDoor, RouteCounters, RouteTable } from '../front-door.ts'
import { backendName, routeIdOf } from '../haproxy-maps.ts'
import { portBackendName, portOfBackend } from '../haproxy-port.ts'
import { latestOnly } from '../latest-only.ts'
import { adminCommand, type Change, planChanges, type RuntimeState } from '../plan-changes.ts'
import { listeningPorts } from '../ports/listening-ports.ts'
import { isServable } from './haproxy/certificate-files.ts'
import { addCertificate, removeCertificate } from './haproxy/certificates.ts'
import { drainServer, forgetServer } from './haproxy/drain.ts'
import { putInPlace } from './haproxy/files.ts'
import type { HaproxyOptions } from './haproxy/options.ts'
import { parseStat, readState } from './haproxy/read-state.ts'
import { reload } from './haproxy/reload.ts'
import { type Ask, haproxySocket } from './haproxy/socket.ts'
import { tellHaproxy } from './haproxy/tell.ts'

/** How long `apply` waits for a HAProxy that is just being started again, and for a reload. */
export const haproxyLimits = { answersWithinMs: 10_000, reloadsWithinMs: 20_000 }

/**
 * The front door that HAProxy carries. The table goes to disk first, then to the running process: whichever of them is
 * behind after a crash is made equal by the next `apply`, which reads what is there and remembers nothing.
 * Totals of `counters` begin again at 0 with a reload or a restart.
 */
export function openHaproxy(
  options: HaproxyOptions,
  {
    runner = localRunner,
    limits = haproxyLimits,
  }: { runner?: CommandRunner; limits?: typeof haproxyLimits } = {},
): FrontDoor {
  const sockets = {
    admin: haproxySocket('admin', options.adminSocket),
    master: haproxySocket('master', options.masterSocket),
  }
  const servable = new Set<string>()
  const makeTrue = latestOnly(async (given: RouteTable) => {
    const { table: shown, refused } = withoutUnservable(given, servable)
    const { table, taken } = await withoutTakenPorts(shown, sockets.admin)
    const identity = await putInPlace({ directory: options.directory, runner }, table, options)
    await converge(sockets, table, identity, limits)
    if (refused !== undefined)
      throw routeError['ROUTE.CERTIFICATE_REFUSED']({ id: refused.id, words: 'OpenSSL cannot serve it' })
    if (taken !== undefined) throw routeError['ROUTE.PORT_IN_USE']({ port: taken.port })
  })
  let wanted: RouteTable = { routes: [] }
  return {
    async apply(table) {
      checkTable(table)
      wanted = table
      await makeTrue(table)
    },
    async drained(routeId, targetName, timeoutMs) {
      const backends = backendsOf(wanted, routeId)
      if (backends.some(({ targets }) => targets.some(({ name }) => name === targetName))) return false
      const drained = backends.map(({ backend }) =>
        drainServer(sockets, { backend, name: targetName }, timeoutMs),
      )
      return (await Promise.all(drained)).every(Boolean)
    },
    counters: () => counters(sockets.admin),
  }
}

/**
 * One certificate that HAProxy cannot load would keep it from every other change, and from starting. `known`: the names of
 * those that were looked at already.
 */
function withoutUnservable(table: RouteTable, known: Set<string>) {
  const { certificates = [] } = table
  const good = certificates.filter((one) => known.has(certificateName(one)) || isServable(one.pem))
  known.clear()
  for (const one of good) known.add(certificateName(one))
  const refused = certificates.find((one) => !good.includes(one))
  return { table: { ...table, certificates: good }, refused }
}

/** HAProxy cannot be reloaded with a port that something else listens on: one app's port would stop everybody's changes. */
async function withoutTakenPorts(table: RouteTable, admin: Ask) {
  const { ports = [] } = table
  if (ports.length === 0) return { table, taken: undefined }
  const [held, listening] = await Promise.all([heldPorts(admin), listeningPorts()])
  const isTaken = (port: number) => listening.has(port) && !held.has(port)
  const free = ports.filter(({ port }) => !isTaken(port))
  return { table: { ...table, ports: free }, taken: ports.find(({ port }) => isTaken(port)) }
}

/** Those that HAProxy itself listens on: none while it does not answer. */
async function heldPorts(admin: Ask): Promise<Set<number>> {
  try {
    const rows = parseStat(await admin('show stat -1 1 -1'), ['pxname'])
    return new Set(rows.flatMap(({ pxname }) => portOfBackend(pxname) ?? []))
  } catch (error) {
    if (isBerthError(error, 'ROUTE.NOT_ANSWERING')) return new Set()
    throw error
  }
}

type Sockets = { admin: Ask; master: Ask }

async function converge(
  sockets: Sockets,
  table: RouteTable,
  identity: string,
  limits: typeof haproxyLimits,
): Promise<void> {
  const deadline = Date.now() + limits.answersWithinMs
  for (;;) {
    try {
      const state = await readState(sockets.admin)
      if (state.identity === identity) return await carryOut(sockets.admin, planChanges(state, table))
      await endSessions(sockets.admin, state, table)
      await reload(sockets, identity, limits.reloadsWithinMs)
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw error
      await sleep(50)
    }
  }
}

/** Whoever takes a port away wants nobody to be in any more; a worker that is replaced would keep them for an hour. */
async function endSessions(admin: Ask, { servers }: RuntimeState, { ports = [] }: RouteTable): Promise<void> {
  const wanted = new Set(ports.map(({ port }) => portBackendName(port)))
  const gone = servers.filter(({ backend }) => portOfBackend(backend) !== undefined && !wanted.has(backend))
  for (const { backend, name } of gone)
    await tellHaproxy(admin, `shutdown sessions server ${backend}/${name}`)
}

/** A certificate that is refused holds nothing else up, and is told at the end. */
async function carryOut(admin: Ask, changes: readonly Change[]): Promise<void> {
  const refused: unknown[] = []
  for (const change of changes) {
    if (change.kind === 'forget-server') await forgetServer(admin, change)
    else if (change.kind === 'remove-certificate') await removeCertificate(admin, change.name)
    else if (change.kind === 'add-certificate')
      await addCertificate(admin, change.certificate).catch((error: unknown) => {
        if (!isBerthError(error, 'ROUTE.CERTIFICATE_REFUSED')) throw error
        refused.push(error)
      })
    else await tellHaproxy(admin, adminCommand(change))
  }
  if (refused.length > 0) throw refused[0]
}

/** HAProxy is being started, or is no longer as it was read: reading and planning again settles it. */
function isPassing(error: unknown): boolean {
  return isBerthError(
    error,
    'ROUTE.NOT_ANSWERING',
    'ROUTE.TARGET_EXISTS',
    'ROUTE.TARGET_UNKNOWN',
    'ROUTE.TARGET_BUSY',
    'ROUTE.COMMAND_REFUSED',
  )
}

async function counters(admin: Ask): Promise<RouteCounters[]> {
  const answer = await admin('show stat -1 2 -1')
  const classes = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx'] as const
  return parseStat(answer, ['pxname', 'scur', 'stot', ...classes]).flatMap((row) => {
    const routeId = routeIdOf(row.pxname)
    if (routeId === undefined) return []
    const [activeRequests, requests, errors] = [row.scur, row.stot, row.hrsp_5xx].map(Number)
    const statuses = classes.map((name) => Number(row[name]))
    return [{ routeId, activeRequests, requests, errors, statuses } as unknown as RouteCounters]
  })
}

/** Where targets of this route may stand: in its own backend, and in those of its ports. */
function backendsOf({ routes, ports = [] }: RouteTable, routeId: string) {
  const targets = routes.find(({ id }) => id === routeId)?.targets ?? []
  const own = ports.filter((port) => port.routeId === routeId)
  return [
    { backend: backendName(routeId), targets },
    ...own.map((route) => ({ backend: portBackendName(route.port), targets: route.targets })),
  ]
}
