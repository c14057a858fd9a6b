import { mkdir, readlink, rm } from 'node:fs/promises'
import { assertPorts } from '../network/published-ports.ts'
import { prepareSpec } from '../sandbox/prepare.ts'
import { markProcess } from '../sandbox/process-life.ts'
import { undoStack } from '../sandbox/undo-stack.ts'
import { reached } from '../system/failure-points.ts'
import { isDiskFull, saysNoSpace } from '../system/is-disk-full.ts'
import { connectContainer } from './connect-container.ts'
import type { ContainerParts } from './container-parts.ts'
import { type ContainerRecord, logPath, saveRecord } from './container-record.ts'
import { containerError, startFailed } from './errors.ts'
import { rangeOf } from './group-records.ts'
import { beginLog, logPieces } from './log-files.ts'
import { mountRoot } from './mount-root.ts'
import { openContainerMounts } from './mounts/container-mounts.ts'
import { processWords } from './process-words.ts'
import type { Slot } from './slot.ts'

/** Apps go before the platform when the machine's memory runs out, and after builds. */
const containerOomScore = 200

/**
 * Starts a container: root mounted, looked at, created, connected, started, recorded, in this order. The record comes
 * last, so that a crash before it leaves something that the runtime knows and no record does, which `recover` ends.
 *
 * @throws CONTAINER.START_FAILED, CONTAINER.UNSAFE_IMAGE, or COMMAND.… where the machine failed; nothing is left then
 */
export async function startContainer(parts: ContainerParts, slot: Slot): Promise<void> {
  const undo = undoStack()
  try {
    await start(parts, slot, undo)
    undo.forget()
  } catch (error) {
    slot.root = null
    slot.reservation = null
    const told = await orDiskFull(error, slot.directory)
    await undo.run()
    throw told
  }
}

async function start(parts: ContainerParts, slot: Slot, undo: ReturnType<typeof undoStack>): Promise<void> {
  const { record, directory } = slot
  const { id, spec, image } = record
  assertPorts(spec.ports ?? [], spec.network)
  const group = await parts.groups.ensure(spec.group, () => new Set())
  if (spec.network === 'bridge') {
    const reserved = await parts.networks.reserve(group)
    slot.reservation = reserved
    undo.add(async () => parts.networks.release(reserved))
    reached('address reserved')
  }
  const { address = null, address6 = null } = slot.reservation ?? {}
  // Somebody may be copying from or to it.
  const mounted = slot.root ?? (await mountRoot(parts, slot, rangeOf(group)))
  slot.root = mounted
  undo.add(async () => mounted.unmount())
  reached('container root mounted')
  const range = rangeOf(group)
  const held = await openContainerMounts(parts, spec.mounts ?? [], { directory, layers: image.layers, range })
  undo.add(held.release)
  reached('mounts opened')
  const wanted = {
    ...wantedProcess(record),
    ...{ id, directory, address, root: mounted.root, range, mounts: held.mounts },
    hostLines: parts.names.linesFor(record, slot.reservation),
    limits: spec.limits,
    readOnlyRoot: spec.readOnlyRoot ?? false,
    init: spec.init,
    idle: spec.idle ?? false,
    oomScore: containerOomScore,
  }
  const prepared = await prepareSpec(parts, parts.networks, wanted)
  const ociSpec = { ...prepared, process: { ...prepared.process, terminal: spec.terminal ?? false } }

  await mkdir(spec.log.directory, { recursive: true })
  await rm(`${parts.places.exits}/${id}`, { force: true })
  undo.add(() => parts.runtime.delete(id))
  await beginLog(logPath(record), spec.log)
  const output = { file: logPath(record), maxBytes: logPieces(spec.log).fillBytes }
  const created = await parts.runtime.create({
    id,
    directory,
    spec: ociSpec,
    output,
    openInput: spec.openInput,
  })
  reached('container created by runtime')
  await held.release()
  const [process, monitor] = [markProcess(created.pid), markProcess(created.monitorPid)]
  if (process === undefined || monitor === undefined) throw startFailed('it ended before it began')
  // Nothing of the image runs yet, so it is what the monitor made it.
  const input = spec.openInput && !spec.terminal ? await readlink(`/proc/${created.pid}/fd/0`) : null
  const { reservation } = slot
  const ports =
    reservation && (await connectContainer(parts, record, { reservation, pid: created.pid, undo }))
  reached('ports published')
  await parts.runtime.start(id, created.pid)
  reached('container started')

  const run = { process, monitor, address, address6, ports: ports ?? [], input, bootId: parts.bootId }
  slot.uncleared = true
  slot.record = { ...record, startedAt: new Date(), exit: null, run }
  await saveRecord(directory, slot.record)
  reached('start recorded')
}

/** The programs that start it say so in words of their own, if at all. */
async function orDiskFull(error: unknown, directory: string): Promise<unknown> {
  const isFull = saysNoSpace(error) || (await isDiskFull(directory).catch(() => false))
  return isFull ? containerError['CONTAINER.DISK_FULL'](undefined, { cause: error }) : error
}

/** What the request says, over what the image says. */
function wantedProcess({ id, spec, image }: ContainerRecord) {
  return {
    argv: processWords(spec, image),
    env: { ...(spec.terminal ? { TERM: 'xterm' } : undefined), ...image.env, ...spec.env },
    workingDirectory: spec.workingDirectory ?? image.workingDirectory,
    user: spec.user ?? image.user,
    hostname: spec.hostname ?? id.slice(0, 12),
  }
}
