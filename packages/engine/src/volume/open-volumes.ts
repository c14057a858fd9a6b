import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import type { CommandRunner } from '@berth/command'
import { z } from 'zod'
import type { Volume, Volumes } from '../port/volumes.ts'
import { readRecord, writeRecord } from '../store/record-file.ts'
import { reached } from '../system/failure-points.ts'
import { removeTree } from '../system/scratch.ts'
import { volumeError } from './errors.ts'

/**
 * Volumes as directories: `volumes/NAME/data`, with a record beside it. What it promises:
 *
 * - A volume appears by rename, whole, and goes by rename, before its files are removed: a crash in between neither
 *   shows half of one nor brings an old one's files back under its name.
 * - A record that cannot be read costs its labels, never the files.
 * - Nobody but root looks in: files have container ids, so what a container made set-uid root is that here as well.
 */
export type HostVolumes = Volumes & {
  /** The directory of a volume, which is made if there is none. `filled`: a container has had it before. */
  open(name: string): Promise<{ data: string; filled: boolean }>
  markFilled(name: string): Promise<void>
}

const record = z.object({
  labels: z.record(z.string(), z.string()),
  createdAt: z.coerce.date(),
  /** What the image had at its target is in it, or there was nothing. */
  filled: z.boolean(),
})

export async function openVolumes(options: {
  home: string
  commands: CommandRunner
  /** Name of a container that mounts it. */
  userOf: (volume: string) => string | undefined
}): Promise<HostVolumes> {
  const { commands, userOf } = options
  const folder = `${options.home}/volumes`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await clearHalves(commands, folder)
  let turn: Promise<unknown> = Promise.resolve()
  /** One after the other: nobody removes what another is about to use. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }
  const find = async (name: string) => {
    assertVolumeName(name)
    const born = await birthOf(`${folder}/${name}`)
    if (born === undefined) return undefined
    const known = await readRecord(`${folder}/${name}/record.json`, record)
    return known ?? { labels: {}, createdAt: born, filled: true }
  }
  const make = async (name: string, labels: Readonly<Record<string, string>>) => {
    const fresh = `${folder}/${halfPrefix}${randomBytes(6).toString('hex')}`
    const made = { labels, createdAt: new Date(), filled: false }
    await mkdir(`${fresh}/data`, { recursive: true, mode: 0o755 })
    await writeRecord(`${fresh}/record.json`, made)
    reached('volume made beside')
    await rename(fresh, `${folder}/${name}`)
    reached('volume in place')
    return made
  }
  const ensure = (name: string, labels: Readonly<Record<string, string>>) =>
    inTurn(async () => (await find(name)) ?? (await make(name, labels)))
  const list = async () => (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted()

  return {
    async create(name, { labels = {}, sizeBytes = null } = {}) {
      assertVolumeName(name)
      // Project quotas would be the way; an image file per volume would be mounted twice after a crash, and then lost.
      if (sizeBytes !== null) throw volumeError['VOLUME.QUOTA_UNSUPPORTED'](undefined)
      return toVolume(name, await ensure(name, labels))
    },
    async list(labels = {}) {
      const wanted = Object.entries(labels)
      const found = await Promise.all(
        (await list()).map(async (name) => {
          const known = await find(name)
          return known === undefined ? [] : [toVolume(name, known)]
        }),
      )
      return found.flat().filter((volume) => wanted.every(([name, value]) => volume.labels[name] === value))
    },
    async get(name) {
      const found = await find(name)
      if (found === undefined) throw volumeError['VOLUME.NOT_FOUND']({ name })
      return toVolume(name, found)
    },
    remove: (name) =>
      inTurn(async () => {
        if ((await find(name)) === undefined) return
        const container = userOf(name)
        if (container !== undefined) throw volumeError['VOLUME.IN_USE']({ name, container })
        const gone = `${folder}/${halfPrefix}${randomBytes(6).toString('hex')}`
        await rename(`${folder}/${name}`, gone)
        reached('volume out of sight')
        await removeTree(commands, gone)
      }),
    async open(name) {
      const { filled } = await ensure(name, {})
      return { data: `${folder}/${name}/data`, filled }
    },
    async markFilled(name) {
      const known = await find(name)
      if (known !== undefined) await writeRecord(`${folder}/${name}/record.json`, { ...known, filled: true })
    },
  }
}

/** @throws VOLUME.INVALID */
export function assertVolumeName(name: string): void {
  if (name.length <= 200 && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return
  throw volumeError['VOLUME.INVALID']({ name })
}

/** No volume's name begins so. */
const halfPrefix = '.half-'

async function clearHalves(commands: CommandRunner, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(halfPrefix)) await removeTree(commands, `${folder}/${name}`)
  }
}

function toVolume(name: string, { labels, createdAt }: z.infer<typeof record>): Volume {
  return { name, labels, createdAt }
}

async function birthOf(path: string): Promise<Date | undefined> {
  try {
    return (await stat(path)).birthtime
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
