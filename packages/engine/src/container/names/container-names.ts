import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { hostsFile } from '../../network/name-files.ts'
import type { Addresses, Networks } from '../../network/networks.ts'
import type { ContainerRecord } from '../container-record.ts'
import { containerError } from '../errors.ts'
import type { Slot } from '../slot.ts'
import { knownNames, linkedPairs, type Named } from './known-names.ts'

/**
 * Keeps what containers know of each other true while they come, go and are renamed: the hosts file of each is written
 * in place, because it is mounted into it, and the firewall lets linked pairs through. Everything is worked out anew
 * from who runs, so that what a crash left undone is done at the next change or opening.
 */
export type ContainerNames = {
  /** The containers that count, and from when on: all that is known now is written. */
  follow(slots: ReadonlyMap<string, Slot>): Promise<void>
  /** What a container that is about to start knows. @throws CONTAINER.INVALID: an alias that is none */
  linesFor(record: ContainerRecord, addresses: Addresses | null): string[]
  /** It counts from now on; its links work when this returns. `leave`: it did not start after all. */
  join(record: ContainerRecord, addresses: Addresses): Promise<{ leave(): void }>
  /** Somebody came, went or was renamed. Files follow in the background. */
  changed(): void
  /** Everything said so far is written. */
  settled(): Promise<void>
}

export function containerNames(networks: Pick<Networks, 'linkPairs'>): ContainerNames {
  let slots: ReadonlyMap<string, Slot> = new Map()
  const joining = new Map<string, Named>()
  const written = new Map<string, string>()
  let turn: Promise<void> = Promise.resolve()
  let waiting = false

  const all = (): Named[] => {
    const running = [...slots.values()].flatMap(({ record }) => {
      const { address, address6 = null } = record.run ?? {}
      return address ? [named(record, { address, address6 })] : []
    })
    for (const { id } of running) joining.delete(id)
    return [...running, ...joining.values()]
  }
  const writeAll = async () => {
    const everyone = all()
    const byId = new Map(everyone.map((one) => [one.id, one]))
    const inGroups = Map.groupBy(everyone, ({ group }) => group)
    for (const { directory, record } of slots.values()) {
      const one = byId.get(record.id)
      if (one === undefined) written.delete(record.id)
      else await write(directory, one, one.links.length > 0 ? everyone : (inGroups.get(one.group) ?? []))
    }
  }
  const write = async (directory: string, one: Named, others: readonly Named[]) => {
    const hostname = slots.get(one.id)?.record.spec.hostname ?? one.id.slice(0, 12)
    const text = hostsFile({ hostname, address: one.address, others: knownNames(one, others) })
    if (written.get(one.id) === text) return
    await overwrite(`${directory}/hosts`, text)
    written.set(one.id, text)
  }
  const changed = () => {
    // At once: one that joined and has run counts no longer as joining, however soon it ends.
    all()
    if (waiting) return
    waiting = true
    turn = turn.then(async () => {
      waiting = false
      await networks.linkPairs(linkedPairs(all()))
      await writeAll()
    })
    turn = turn.catch((error: Error) => process.emitWarning(error, 'BerthContainers'))
  }

  return {
    async follow(given) {
      slots = given
      changed()
      await turn
    },
    linesFor(record, addresses) {
      for (const { alias } of record.spec.links ?? []) assertAlias(alias)
      return addresses === null ? [] : knownNames(named(record, addresses), all())
    },
    async join(record, addresses) {
      joining.set(record.id, named(record, addresses))
      if (all().some(({ links }) => links.length > 0)) await networks.linkPairs(linkedPairs(all()))
      changed()
      const leave = () => {
        if (joining.delete(record.id)) changed()
      }
      return { leave }
    },
    changed,
    settled: () => turn,
  }
}

function named({ id, spec }: ContainerRecord, { address, address6 }: Addresses): Named {
  return { id, name: spec.name, group: spec.group, address, address6, links: spec.links ?? [] }
}

/** It stands in a file of names, where a blank would begin another one. */
function assertAlias(alias: string): void {
  if (alias.length <= 200 && /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(alias)) return
  throw containerError['CONTAINER.INVALID']({ what: 'alias of a link', given: alias })
}

/** The same file, which the container has open and mounted; never one that is not there yet, never through a link. */
async function overwrite(path: string, text: string): Promise<void> {
  let file: FileHandle
  try {
    file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    const bytes = Buffer.from(text)
    await file.write(bytes, 0, bytes.length, 0)
    await file.truncate(bytes.length)
  } finally {
    await file.close()
  }
}
