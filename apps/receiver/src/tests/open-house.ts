import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { localRunner } from '@berth/command'
import type { Stores } from '@berth/database'
import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import type { Role } from '@berth/domain'
import { type Person, places, readSettings, type Settings } from '@berth/domain'
import { type FakeLiveClient, fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { openTokens } from '@berth/people/tokens.ts'
import type { JobName, JobQueue, Payload } from '@berth/queue'
import { type OpenReceiver, openReceiver } from '../open-receiver.ts'
import type { ReceiverLimits } from '../parts.ts'
import { peopleDoorkeeper } from '../people-doorkeeper.ts'
import { type FakeWorker, fakeWorker } from './fake-worker.ts'
import { openPusher, type Pusher } from './pusher.ts'

/** A whole receiver with both doors open, over stores in memory, a worker that does what a test says, and real git. */
export type House = {
  directory: string
  settings: Settings
  stores: Stores
  live: FakeLiveClient
  worker: FakeWorker
  receiver: OpenReceiver
  log: string[]
  /** Someone with an SSH key, a token, and a repository to push; in the team `Acme` unless told otherwise. */
  pusher(name: string, as?: { role?: Role; team?: string } | 'stranger'): Promise<Pusher>
  close(): Promise<void>
}

export async function openHouse(limits: Partial<ReceiverLimits> = {}): Promise<House> {
  const directory = await mkdtemp('/tmp/berth-receiver-')
  const settings = {
    ...readSettings({ BERTH_HOME: `${directory}/home`, BERTH_RUN: `${directory}/run` }),
    sshPort: 0,
    receiverPort: 0,
  }
  await mkdir(places(settings).repositories, { recursive: true })
  const stores = fakeStores()
  const live = fakeLiveClient()
  const worker = fakeWorker({ stores, live, settings })
  const log: string[] = []
  const queue: JobQueue = {
    add: async <Name extends JobName>(name: Name, payload: Payload<Name>) =>
      // Of everything else the receiver only asks that it is done.
      name === 'build' ? worker.take(name, payload as Payload<'build'>) : name,
    close: async () => undefined,
  }
  const receiver = await openReceiver(
    {
      settings,
      records: stores,
      queue,
      live,
      doorkeeper: peopleDoorkeeper(stores.people, stores.tickets),
      runner: localRunner,
      log: (line) => void log.push(line),
      limits,
    },
    { sshHost: '127.0.0.1' },
  )
  const house: House = {
    directory,
    settings,
    stores,
    live,
    worker,
    receiver,
    log,
    async pusher(name, as = {}) {
      const pusher = await openPusher(directory, name, receiver)
      if (as === 'stranger') return pusher
      const person = await member(stores, name, as)
      await stores.people.addKey({ personId: person.id, name: 'key', ...pusher.key })
      const { secret } = await openTokens(stores.people).create(person.id, { name: 'ci', expiresAt: null })
      return { ...pusher, person, token: secret }
    },
    close: async () => {
      await receiver.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
  return house
}

async function member(
  { people }: Stores,
  name: string,
  { role = 'developer', team = 'Acme' }: { role?: Role; team?: string },
): Promise<Person> {
  const known = (await people.teams()).find((one) => one.name === team)
  return people.createPerson({
    name,
    email: `${name}@example.org`,
    passwordHash: null,
    team: known ?? { name: team },
    role,
  })
}
