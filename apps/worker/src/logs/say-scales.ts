import type { Keeper } from '../app/keeper.ts'
import type { IncomingLogs } from './open-logs.ts'

type Saying = { keeper: Pick<Keeper, 'keptApp'>; incomingLogs: Pick<IncomingLogs, 'say'> }

/** Says in the app's log which quantities another reading of its records has changed. */
export async function sayingScales(
  { keeper, incomingLogs }: Saying,
  appId: string,
  reload: () => Promise<void>,
): Promise<void> {
  const before = keeper.keptApp(appId)?.keeping?.formation
  await reload()
  const after = keeper.keptApp(appId)?.keeping?.formation
  if (before === undefined || after === undefined) return
  for (const [type, quantity] of Object.entries(after))
    if (before[type] !== quantity) incomingLogs.say(appId, { text: `scaled ${type} to ${quantity}` })
}
