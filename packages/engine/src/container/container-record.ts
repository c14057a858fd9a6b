import { mkdir, readdir, readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Container, ContainerSpec, Image } from '../engine.ts'
import { saysNoSpace } from '../system/is-disk-full.ts'
import { writeWhole } from '../system/write-whole.ts'
import { newContainerId } from './container-name.ts'
import { portSchema, specSchema, texts, words } from './spec-record.ts'

/**
 * What the engine remembers of a container, a file each: `containers/ID/record.json`. What is really running is asked
 * of the kernel; the record only says which process to ask about. It appears by rename; it is not forced to the disk,
 * because after a power cut nothing runs any more, and one that cannot be read counts as half-made.
 */
export type ContainerRecord = z.infer<typeof containerRecord>

const processMark = z.object({ pid: z.number(), startTicks: z.number() })

const containerRecord = z.object({
  id: z.string(),
  spec: specSchema,
  /** What of the image is needed to run it: it stays usable whatever happens to names. */
  image: z.object({
    digest: z.string(),
    layers: z.array(z.string()),
    entrypoint: words,
    command: words,
    env: texts,
    user: z.string(),
    workingDirectory: z.string(),
    stopSignal: z.string().nullable(),
  }),
  createdAt: z.coerce.date(),
  startedAt: z.coerce.date().nullable(),
  /** By hand. */
  stopped: z.boolean().optional(),
  /** In a row, by its restart policy; and when the next is due. */
  restarts: z.number().optional(),
  restartsAt: z.coerce.date().nullable().optional(),
  /** While it runs, as far as we know. */
  run: z
    .object({
      process: processMark,
      monitor: processMark,
      address: z.string().nullable(),
      address6: z.string().nullable().optional(),
      ports: z.array(portSchema).optional(),
      paused: z.boolean().optional(),
      /** By the engine for its own work: whoever finds it so after a crash resumes it. */
      pausedBriefly: z.boolean().optional(),
      /** The pipe that its standard input is, as /proc names it, where it was opened. */
      input: z.string().nullable().optional(),
      /** Tells a run before a restart of the machine from one after it. */
      bootId: z.string(),
    })
    .nullable(),
  exit: z
    .object({
      code: z.number(),
      signal: z.string().nullable(),
      outOfMemory: z.boolean(),
      peakMemoryBytes: z.number().nullish(),
      at: z.coerce.date(),
      reason: z.string().optional(),
    })
    .nullable(),
})

export function newRecord(spec: ContainerSpec, { digest, layers, config }: Image): ContainerRecord {
  const { entrypoint, command, env, user, workingDirectory, stopSignal } = config
  return containerRecord.parse({
    id: newContainerId(),
    spec,
    image: { digest, layers, entrypoint, command, env, user, workingDirectory, stopSignal },
    createdAt: new Date(),
    startedAt: null,
    run: null,
    exit: null,
  })
}

export function toContainer(record: ContainerRecord): Container {
  const { id, spec, image, createdAt, startedAt, run, exit } = record
  const { restarts = 0, restartsAt = null } = record
  return {
    id,
    name: spec.name,
    group: spec.group,
    labels: spec.labels,
    image: image.digest,
    state: stateOf(record),
    address: run?.address ?? null,
    address6: run?.address6 ?? null,
    ...(run?.ports?.length ? { ports: run.ports } : {}),
    pid: run?.process.pid ?? null,
    logPath: logPath(record),
    createdAt,
    startedAt,
    exit,
    ...(restarts > 0 ? { restarts, restartsAt } : {}),
  }
}

function stateOf({ run, exit }: ContainerRecord): Container['state'] {
  if (run !== null) return run.paused ? 'paused' : 'running'
  return exit !== null ? 'exited' : 'created'
}

export function logPath({ id, spec }: Pick<ContainerRecord, 'id' | 'spec'>): string {
  return `${spec.log.directory}/${id}.log`
}

export async function saveRecord(directory: string, record: ContainerRecord): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o711 })
  const path = `${directory}/record.json`
  await writeWhole(path, JSON.stringify(record), {
    fresh: `${path}.new`,
    point: 'container record written beside',
  })
}

/**
 * For what has happened already: a full disk must not keep a container from being stopped or removed, which makes room.
 * The record is true in memory then, and what of it is lost with this process, the kernel tells the next one.
 */
export async function saveRecordIfRoom(directory: string, record: ContainerRecord): Promise<void> {
  await saveRecord(directory, record).catch((error: unknown) => {
    if (!saysNoSpace(error)) throw error
    process.emitWarning(`The disk is full: ${directory}/record.json is out of date.`, 'BerthContainers')
  })
}

/** Those that can be read; `broken` are directories of others: created half, or by a version that is not ours. */
export async function readRecords(
  containers: string,
): Promise<{ records: ContainerRecord[]; broken: string[] }> {
  const records: ContainerRecord[] = []
  const broken: string[] = []
  for (const id of await readdir(containers)) {
    const record = await readContainerRecord(`${containers}/${id}/record.json`)
    if (record?.id === id) records.push(record)
    else broken.push(`${containers}/${id}`)
  }
  return { records, broken }
}

async function readContainerRecord(path: string): Promise<ContainerRecord | undefined> {
  try {
    return containerRecord.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const expected = error instanceof z.ZodError || error instanceof SyntaxError
    if (expected || ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined
    throw error
  }
}
