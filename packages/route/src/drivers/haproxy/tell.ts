import { routeError } from '../../errors.ts'
import type { Ask } from './socket.ts'

/** What HAProxy 2.6 says where it did what was asked. Source: its src/server.c, src/map.c, src/proxy.c. */
const fine = /^(?:New server registered\.|Server deleted\.|)$/

/**
 * Sends a command that changes something, and turns a refusal into a coded error.
 * @throws ROUTE.TARGET_EXISTS, ROUTE.TARGET_UNKNOWN, ROUTE.TARGET_BUSY, ROUTE.COMMAND_REFUSED, ROUTE.NOT_ANSWERING
 */
export async function tellHaproxy(ask: Ask, command: string): Promise<void> {
  const answer = (await ask(command)).trim()
  if (!fine.test(answer) && !isMove(answer)) throw refusal(answer)
}

/** `set server … addr` tells what it changed, or that nothing had to be. */
function isMove(answer: string): boolean {
  return /^(?:IP changed|port changed|no need to change|nothing changed)/i.test(answer)
}

export function refusal(words: string) {
  if (/already exists/i.test(words)) return routeError['ROUTE.TARGET_EXISTS']({ words })
  if (/^No such (?:server|backend|proxy)/i.test(words)) return routeError['ROUTE.TARGET_UNKNOWN']({ words })
  if (/still has connections|maintenance mode/i.test(words)) return routeError['ROUTE.TARGET_BUSY']({ words })
  return routeError['ROUTE.COMMAND_REFUSED']({ words })
}
