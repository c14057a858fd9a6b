import { localRunner } from '@berth/command'
import { connectionString, openDatabase } from '@berth/database'
import { places, type Settings } from '@berth/domain'
import { openLiveClient } from '@berth/observe'
import { queueOnFirstUse } from '@berth/queue'
import type { GivenParts } from './open-receiver.ts'
import { peopleDoorkeeper } from './people-doorkeeper.ts'

/** The one file of the receiver that picks drivers. */
export function wire(settings: Settings): { parts: GivenParts; close: () => Promise<void> } {
  const database = openDatabase(settings, { maxConnections: 4 })
  const queue = queueOnFirstUse({ connectionString: connectionString(settings) })
  return {
    parts: {
      settings,
      records: database,
      queue,
      live: openLiveClient(places(settings).workerSocket),
      doorkeeper: peopleDoorkeeper(database.people),
      runner: localRunner,
      log: (line) => void process.stderr.write(`${line}\n`),
    },
    close: async () => {
      await queue.close()
      await database.close()
    },
  }
}
