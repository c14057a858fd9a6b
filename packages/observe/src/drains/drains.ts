import { randomUUID } from 'node:crypto'
import { type Drain, type DrainStore, type DrainTarget, drainTargetShape, type SealedDrain } from './drain.ts'
import { drainError } from './errors.ts'
import { type NewDrain, parseDrain } from './parse-drain.ts'

/** What seals a value for the place that it lies in (packages/people, sealing). */
export type DrainSealing = {
  seal(plain: string, place: Place): Uint8Array<ArrayBuffer>
  /** @throws SECRET.UNREADABLE */
  unseal(sealed: Uint8Array, place: Place): string
}

type Place = { table: string; row: string; teamId: null }

/** Where apps' logs are sent. The one place that seals and unseals what it takes to send there. */
export type Drains = {
  /** Without secrets, oldest first. */
  list(appId: string): Promise<Drain[]>
  /** @throws DRAIN.INVALID, DRAIN.TOO_MANY */
  add(appId: string, drain: NewDrain, createdById: string): Promise<Drain>
  /** By its id, or by what it begins with (8 digits or more). @throws DRAIN.NOT_FOUND */
  remove(appId: string, id: string): Promise<Drain>
  /** @throws DRAIN.NOT_FOUND */
  find(appId: string, id: string): Promise<SealedDrain>
  /** For who sends. @throws SECRET.UNREADABLE */
  open(drain: SealedDrain): DrainTarget
}

const mostOfAnApp = 10

export function openDrains({ store, sealing }: { store: DrainStore; sealing: DrainSealing }): Drains {
  async function find(appId: string, id: string): Promise<SealedDrain> {
    const known = id.length < 8 ? [] : (await store.list(appId)).filter((drain) => drain.id.startsWith(id))
    if (known[0] === undefined || known.length > 1) throw drainError['DRAIN.NOT_FOUND']({ id })
    return known[0]
  }
  return {
    list: async (appId) => (await store.list(appId)).map(withoutSecrets),
    async add(appId, given, createdById) {
      const { target, shown } = parseDrain(given)
      if ((await store.list(appId)).length >= mostOfAnApp)
        throw drainError['DRAIN.TOO_MANY']({ most: mostOfAnApp })
      const id = randomUUID()
      await store.add({
        ...{ id, appId, shown, createdById },
        sealed: sealing.seal(JSON.stringify(target), placeOf(id)),
      })
      return withoutSecrets(await find(appId, id))
    },
    async remove(appId, id) {
      const drain = await find(appId, id)
      await store.remove(appId, drain.id)
      return withoutSecrets(drain)
    },
    find,
    open: ({ id, sealed }) => drainTargetShape.parse(JSON.parse(sealing.unseal(sealed, placeOf(id)))),
  }
}

function withoutSecrets({ sealed: _, ...drain }: SealedDrain): Drain {
  return drain
}

function placeOf(id: string): Place {
  return { table: 'Drain', row: id, teamId: null }
}
