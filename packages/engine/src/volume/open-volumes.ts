import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import type { CommandRunner } from '@berth/command'
import { z } from 'zod'
import type { DiskLimits, Volume, Volumes } from '../port/volumes.ts'
import type { ProjectQuotas } from '../quota/project-quotas.ts'
import { noLimits } from '../quota/quota-calls.ts'
import { readRecord, writeRecord } from '../store/record-file.ts'
import { reached } from '../system/failure-points.ts'
import { removeTree } from '../system/scratch.ts'
import { volumeError } from './errors.ts'
import { assertFits, assertLimits, fits, isAlmostFull, isLimited, isSameLimits } from './volume-limits.ts'

/**
 * Volumes as directories: `volumes/NAME/data`, with a record beside it. What it promises:
 *
 * - A volume appears by rename, whole, and goes by rename, before its files are removed: a crash in between neither
 *   shows half of one nor brings an old one's files back under its name.
 * - A record that cannot be read costs its labels, never the files.
 * - Nobody but root looks in: files have container ids, so what a container made set-uid root is that here as well.
 */
export type HostVolumes = Volumes & {
  /**
   * The directory of a volume, which is made if there is none. `filled`: a container has had it before.
   * @throws VOLUME.INVALID, VOLUME.QUOTA_UNSUPPORTED
   */
  open(name: string): Promise<{ data: string; filled: boolean }>
  /** @throws VOLUME.FULL: it has come to hold more than it may, because root filled it */
  markFilled(name: string): Promise<void>
  /** Whether a program that was filling it may have failed because it may hold no more. */
  isFull(name: string): Promise<boolean>
  /** What is counted, for `ProjectQuotas.reconcile`. */
  counted(): Promise<{ directory: string; limits: DiskLimits }[]>
}

const record = z.object({
  labels: z.record(z.string(), z.string()),
  createdAt: z.coerce.date(),
  /** What the image had at its target is in it, or there was nothing. */
  filled: z.boolean(),
  /** Those that the kernel is to hold; which project it counts the files in stands on the directory itself. */
  limits: z.object({ bytes: z.number().nullable(), files: z.number().nullable() }).default(noLimits),
})

type VolumeRecord = z.infer<typeof record>

export type VolumeUser = { name: string; running: boolean }

export async function openVolumes(options: {
  home: string
  commands: CommandRunner
  quotas: ProjectQuotas
  /** A container that mounts it: one that runs, if any does. */
  userOf: (volume: string) => VolumeUser | undefined
}): Promise<HostVolumes> {
  const { commands, quotas, userOf } = options
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
    return known ?? { labels: {}, createdAt: born, filled: true, limits: limitsOf(dataOf(name)) }
  }
  const dataOf = (name: string) => `${folder}/${name}/data`
  /** What the kernel holds is all that is left of them where the record is lost. */
  const limitsOf = (data: string) => quotas.look(data)?.limits ?? noLimits
  const make = async (name: string, labels: Readonly<Record<string, string>>, limits: DiskLimits) => {
    const fresh = `${folder}/${halfPrefix}${randomBytes(6).toString('hex')}`
    const made = { labels, createdAt: new Date(), filled: false, limits }
    await mkdir(`${fresh}/data`, { recursive: true, mode: 0o755 })
    // Counted without a limit as well: its use is known then, and a limit can come while it is in use.
    if (isLimited(limits) || quotas.refusal() === null) await quotas.begin([`${fresh}/data`], limits)
    await writeRecord(`${fresh}/record.json`, made)
    reached('volume made beside')
    await rename(fresh, `${folder}/${name}`)
    reached('volume in place')
    return made
  }
  const ensure = (name: string, labels: Readonly<Record<string, string>>, limits: DiskLimits) =>
    inTurn(async () => (await find(name)) ?? (await make(name, labels, limits)))
  const get = async (name: string) => {
    const found = await find(name)
    if (found === undefined) throw volumeError['VOLUME.NOT_FOUND']({ name })
    return found
  }
  const save = (name: string, known: VolumeRecord) => writeRecord(`${folder}/${name}/record.json`, known)
  const assertHeld = (limits: DiskLimits) => {
    const refusal = isLimited(limits) ? quotas.refusal() : null
    if (refusal !== null) throw volumeError['VOLUME.QUOTA_UNSUPPORTED'](refusal)
  }
  /** Afterwards it is counted. @throws VOLUME.MOUNTED */
  const count = async (name: string) => {
    if (quotas.projectOf(dataOf(name)) !== null) return
    const user = userOf(name)
    if (user?.running) throw volumeError['VOLUME.MOUNTED']({ name, container: user.name })
    await quotas.begin([dataOf(name)], noLimits)
  }
  const list = async () => (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted()

  return {
    async create(name, { labels = {}, sizeBytes = null, files = null } = {}) {
      assertVolumeName(name)
      const wanted = { bytes: sizeBytes, files }
      assertLimits(wanted)
      assertHeld(wanted)
      const volume = await ensure(name, labels, wanted)
      if (isLimited(wanted) && !isSameLimits(volume.limits, wanted))
        throw volumeError['VOLUME.OTHER_LIMITS']({ name })
      return toVolume(name, volume)
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
    get: async (name) => toVolume(name, await get(name)),
    async usage(name) {
      await get(name)
      return quotas.look(dataOf(name))?.used ?? null
    },
    resize: (name, given) =>
      inTurn(async () => {
        const known = await get(name)
        const limits = { ...known.limits, ...given }
        assertLimits(limits)
        assertHeld(limits)
        if (isLimited(limits)) await count(name)
        assertFits(name, limits, quotas.look(dataOf(name))?.used)
        // The record first: what it says is set again when the engine is next opened.
        await save(name, { ...known, limits })
        if (quotas.look(dataOf(name)) !== null) quotas.setLimits(dataOf(name), limits)
        return toVolume(name, { ...known, limits })
      }),
    remove: (name) =>
      inTurn(async () => {
        if ((await find(name)) === undefined) return
        const user = userOf(name)
        if (user !== undefined) throw volumeError['VOLUME.IN_USE']({ name, container: user.name })
        const project = quotas.projectOf(dataOf(name))
        const gone = `${folder}/${halfPrefix}${randomBytes(6).toString('hex')}`
        await rename(`${folder}/${name}`, gone)
        reached('volume out of sight')
        await removeTree(commands, gone)
        await quotas.end(project)
      }),
    async open(name) {
      const { filled, limits } = await ensure(name, {}, noLimits)
      assertHeld(limits)
      return { data: dataOf(name), filled }
    },
    markFilled: (name) =>
      inTurn(async () => {
        const known = await find(name)
        if (known === undefined) return
        if (!fits(known.limits, quotas.look(dataOf(name))?.used)) throw volumeError['VOLUME.FULL']({ name })
        await save(name, { ...known, filled: true })
      }),
    async isFull(name) {
      const { limits } = await get(name)
      return isAlmostFull(limits, quotas.look(dataOf(name))?.used)
    },
    async counted() {
      const all = await Promise.all(
        (await list()).map(async (name) => ({ directory: dataOf(name), limits: (await find(name))?.limits })),
      )
      return all.flatMap(({ directory, limits }) => (limits === undefined ? [] : [{ directory, limits }]))
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

function toVolume(name: string, { labels, createdAt, limits }: VolumeRecord): Volume {
  return { name, labels, createdAt, limits }
}

async function birthOf(path: string): Promise<Date | undefined> {
  try {
    return (await stat(path)).birthtime
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
