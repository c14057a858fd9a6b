import { command } from '@berth/command'
import type { Container, ContainerFilter, PruneFilter } from '../../engine.ts'
import { toContainer } from '../container-record.ts'
import { type Held, slotOf } from '../held-containers.ts'
import { removeContainer } from '../remove-container.ts'
import { isPrunable, matchesFilter } from './container-filter.ts'

export async function listContainers(
  held: Held,
  labels: Readonly<Record<string, string>>,
  filter: ContainerFilter,
): Promise<Container[]> {
  const image = filter.image === undefined ? null : await held.images.get(filter.image)
  const context = {
    createdAt: (reference: string) => slotOf(held, reference).record.createdAt,
    isFrom: ({ id, image: digest }: Container) =>
      digest === image?.digest ||
      isBuiltOn(held.slots.get(id)?.record.image.layers ?? [], image?.layers ?? []),
  }
  return containers(held).filter((container) => matchesFilter(container, labels, filter, context))
}

/** The bytes are those of their own files; images are not touched. */
export async function pruneContainers(
  held: Held,
  filter: PruneFilter,
): Promise<{ removed: string[]; bytes: number }> {
  const removed: string[] = []
  let bytes = 0
  for (const { id } of containers(held).filter((container) => isPrunable(container, filter))) {
    const slot = held.slots.get(id)
    if (slot === undefined || !isPrunable(toContainer(slot.record), filter)) continue
    bytes += await sizeOf(held, slot.directory)
    await removeContainer(held, id)
    removed.push(id)
  }
  return { removed, bytes }
}

function containers({ slots }: Held): Container[] {
  return [...slots.values()].filter((slot) => !slot.removed).map((slot) => toContainer(slot.record))
}

function isBuiltOn(layers: readonly string[], below: readonly string[]): boolean {
  return below.length > 0 && below.every((layer, place) => layers[place] === layer)
}

/** 0 where it cannot be counted: that keeps nothing from being removed. */
async function sizeOf({ parts }: Held, directory: string): Promise<number> {
  const counting = command('du', '--summarize', '--block-size=1', '--one-file-system', '--', directory)
  const { stdout } = await parts.commands.run(counting, { timeoutMs: 60_000 }).catch(() => ({ stdout: '0' }))
  return Number.parseInt(stdout, 10) || 0
}
