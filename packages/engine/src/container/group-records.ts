import { mkdir, readdir } from 'node:fs/promises'
import { z } from 'zod'
import type { IdRange } from '../filesystem.ts'
import { readRecord, removeRecord, writeRecord } from '../store/record-file.ts'
import { containerError } from './errors.ts'

/**
 * What containers of one group share: a range of user ids and a network. A group keeps its range for as long as it is
 * remembered, because its files belong to it. Places go round: one that became free is the last to be given out again.
 */
export type Group = {
  name: string
  /** 0 to 4,095: the place of its range, and part of its bridge's name. */
  place: number
  /** Null until a container of it wants a network. */
  subnet: string | null
  usedAt: Date
}

export type GroupRecords = {
  all(): readonly Group[]
  /** The group of that name; a new one if there is none. `inUse` are groups with containers, which are never given up. */
  ensure(name: string, inUse: () => ReadonlySet<string>): Promise<Group>
  update(group: Group): Promise<void>
}

/**
 * 1,879,048,192 to 2,147,483,647: the highest ids that fit a signed integer, which systemd leaves unused and where no
 * distribution's /etc/subuid allocates. Source: systemd, docs/UIDS-GIDS.md ("HIC - …, unused").
 */
const firstId = 0x7000_0000
const rangeSize = 65_536
export const groupPlaces = 4096

export function rangeOf(group: Pick<Group, 'place'>): IdRange {
  return { start: firstId + group.place * rangeSize, size: rangeSize }
}

const record = z.object({
  name: z.string(),
  place: z
    .int()
    .min(0)
    .max(groupPlaces - 1),
  subnet: z.string().nullable(),
  usedAt: z.coerce.date(),
})

/** `firstPlace` differs between engines, so that two on one machine begin far from each other. */
export async function openGroupRecords(directory: string, firstPlace: number): Promise<GroupRecords> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const groups = await readGroups(directory)
  let last = newestPlace(groups) ?? (firstPlace % groupPlaces) - 1
  let turn: Promise<unknown> = Promise.resolve()

  const update = async (group: Group) => {
    await writeRecord(`${directory}/${group.place}.json`, group)
    groups.set(group.name, group)
  }
  const add = async (name: string, inUse: ReadonlySet<string>): Promise<Group> => {
    if (groups.size >= groupPlaces) await forgetOldest(inUse)
    const used = new Set([...groups.values()].map((group) => group.place))
    do last = (last + 1) % groupPlaces
    while (used.has(last))
    const group = { name, place: last, subnet: null, usedAt: new Date() }
    await update(group)
    return group
  }
  const forgetOldest = async (inUse: ReadonlySet<string>) => {
    const idle = [...groups.values()].filter((group) => !inUse.has(group.name))
    const oldest = idle.sort((a, b) => a.usedAt.getTime() - b.usedAt.getTime())[0]
    if (oldest === undefined) throw containerError['CONTAINER.NO_ROOM']({ what: 'range of user ids' })
    await removeRecord(`${directory}/${oldest.place}.json`)
    groups.delete(oldest.name)
  }

  return {
    all: () => [...groups.values()],
    update,
    ensure(name, inUse) {
      const mine = turn.then(async () => groups.get(name) ?? (await add(name, inUse())))
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}

async function readGroups(directory: string): Promise<Map<string, Group>> {
  const groups = new Map<string, Group>()
  for (const file of await readdir(directory)) {
    if (!/^\d+\.json$/.test(file)) continue
    const group = await readRecord(`${directory}/${file}`, record)
    if (group !== undefined) groups.set(group.name, group)
  }
  return groups
}

function newestPlace(groups: ReadonlyMap<string, Group>): number | undefined {
  return [...groups.values()].sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime())[0]?.place
}
