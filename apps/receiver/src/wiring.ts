import { localRunner } from '@berth/command'
import { connectionString, type Database, openDatabase } from '@berth/database'
import { places, type Settings } from '@berth/domain'
import { openLiveClient } from '@berth/observe'
import type { People } from '@berth/people/open-people.ts'
import { queueOnFirstUse } from '@berth/queue'
import type { GivenParts } from './open-receiver.ts'
import { peopleDoorkeeper } from './people-doorkeeper.ts'

/** A push has cost more than that already: fifty at one time must not fail because a busy machine is slow to answer one. */
const patienceMs = 45_000

/** The one file of the receiver that picks drivers. */
export function wire(settings: Settings): { parts: GivenParts; close: () => Promise<void> } {
  const database = openDatabase(settings, { maxConnections: 4, retryForMs: patienceMs })
  const queue = queueOnFirstUse({ connectionString: connectionString(settings) })
  return {
    parts: {
      settings,
      records: database,
      queue,
      live: openLiveClient(places(settings).workerSocket),
      doorkeeper: peopleDoorkeeper(database.people, sessions(settings, database)),
      runner: localRunner,
      log: (line) => void process.stderr.write(`${line}\n`),
    },
    close: async () => {
      await queue.close()
      await database.close()
    },
  }
}

/** Cookies come with a terminal in the browser alone: what reads them is loaded with the first. */
function sessions(settings: Settings, database: Database): People['sessionOf'] {
  let opening: Promise<People> | undefined
  const open = async () => {
    const [{ openPeople }, { readSecret }, { platformSealing }] = await Promise.all([
      import('@berth/people/open-people.ts'),
      import('@berth/people/ensure-secret.ts'),
      import('@berth/people/sealing/sealing-keys.ts'),
    ])
    const sealing = platformSealing(settings)
    return openPeople({ database, settings, secret: await readSecret(settings), sealing, sendText: null })
  }
  return async (headers) => {
    opening ??= open().catch((error) => {
      opening = undefined
      throw error
    })
    return (await opening).sessionOf(headers)
  }
}
