import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import { parseStat } from './read-state.ts'
import type { Ask } from './socket.ts'
import { tellHaproxy } from './tell.ts'

export type HaproxyServer = { backend: string; name: string }

/**
 * Waits until no process of HAProxy has a session with this server: neither the current one nor one from before a
 * reload, which still finishes what it had begun. Then the server is forgotten. False when the time is up.
 */
export async function drainServer(
  sockets: { admin: Ask; master: Ask },
  server: HaproxyServer,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 200)) {
    if (await isIdle(sockets, server)) return true
    if (Date.now() + pauseMs > deadline) return false
    await sleep(pauseMs)
  }
}

async function isIdle(sockets: { admin: Ask; master: Ask }, server: HaproxyServer): Promise<boolean> {
  try {
    await unlessUnknown(tellHaproxy(sockets.admin, `set server ${server.backend}/${server.name} state drain`))
    if (!(await forgetServer(sockets.admin, server))) return false
    for (const old of await oldWorkers(sockets.master)) {
      if ((await sessions(old, server)) > 0) return false
    }
    return true
  } catch (error) {
    // HAProxy is being started again: it comes up without the server. An old worker that has just ended answers so too.
    if (isBerthError(error, 'ROUTE.NOT_ANSWERING', 'ROUTE.COMMAND_REFUSED')) return false
    throw error
  }
}

/** Deletes a server that gets no new requests, if it has no sessions. True: it is gone. */
export async function forgetServer(ask: Ask, server: HaproxyServer): Promise<boolean> {
  if ((await sessions(ask, server)) > 0) return false
  try {
    // Maintenance also closes the idle connections that are kept open to it.
    await tellHaproxy(ask, `set server ${server.backend}/${server.name} state maint`)
    await tellHaproxy(ask, `del server ${server.backend}/${server.name}`)
    return true
  } catch (error) {
    if (isBerthError(error, 'ROUTE.TARGET_UNKNOWN')) return true
    if (isBerthError(error, 'ROUTE.TARGET_BUSY')) return false
    throw error
  }
}

/** Requests and upgraded connections that are under way or queued; 0 where there is no such server. */
async function sessions(ask: Ask, server: HaproxyServer): Promise<number> {
  const answer = await ask(`show stat ${server.backend} 4 -1`)
  if (answer.startsWith('No such proxy')) return 0
  const row = parseStat(answer, ['svname', 'scur', 'qcur']).find(({ svname }) => svname === server.name)
  return row === undefined ? 0 : Number(row.scur) + Number(row.qcur)
}

/**
 * Ways to ask the workers that a reload has replaced. They begin nothing at a target any more: what still arrives on
 * their connections they hand over to the current one (`haproxy-configuration.ts`).
 */
async function oldWorkers(master: Ask): Promise<Ask[]> {
  const [, old = ''] = (await master('show proc')).split('# old workers')
  const pids = [...old.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid]) => pid)
  return pids.map((pid) => (command) => master(`@!${pid} ${command}`))
}

async function unlessUnknown(told: Promise<void>): Promise<void> {
  try {
    await told
  } catch (error) {
    if (!isBerthError(error, 'ROUTE.TARGET_UNKNOWN')) throw error
  }
}
