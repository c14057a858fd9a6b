import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import { routeError } from '../../errors.ts'
import { readIdentity } from './read-state.ts'
import type { Ask } from './socket.ts'

/**
 * Has the master start a new worker with the configuration that is in place; the old one hands over its listening
 * sockets and ends when its requests have. HAProxy 2.6 does not say when it is done: the new worker says who it is.
 * @throws ROUTE.NOT_RELOADED
 */
export async function reload(
  sockets: { admin: Ask; master: Ask },
  identity: string,
  limitMs: number,
): Promise<void> {
  const deadline = Date.now() + limitMs
  await sockets.master('reload')
  while (!(await runsWith(sockets, identity))) {
    if (Date.now() > deadline) throw routeError['ROUTE.NOT_RELOADED']({ limitMs })
    await sleep(10)
  }
}

/** The master executes itself twice around a reload and is away for a moment each time: it must be back, too. */
async function runsWith(sockets: { admin: Ask; master: Ask }, identity: string): Promise<boolean> {
  try {
    if ((await readIdentity(sockets.admin)) !== identity) return false
    await sockets.master('show proc')
    return true
  } catch (error) {
    if (isBerthError(error, 'ROUTE.NOT_ANSWERING')) return false
    throw error
  }
}
