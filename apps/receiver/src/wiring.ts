import { localRunner } from '@berth/command'
import { connectionString, openDatabase } from '@berth/database'
import { places, type Settings } from '@berth/domain'
import { openLiveClient } from '@berth/observe'
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
      doorkeeper: peopleDoorkeeper(database.people, database.tickets),
      runner: localRunner,
      log: (line) => void process.stderr.write(`${line}\n`),
    },
    close: async () => {
      await queue.close()
      await database.close()
    },
  }
}
