import type { PublishedPort } from '../engine.ts'
import type { Reservation } from '../network/networks.ts'
import { publishPorts } from '../network/published-ports.ts'
import type { undoStack } from '../sandbox/undo-stack.ts'
import { reached } from '../system/failure-points.ts'
import type { ContainerParts } from './container-parts.ts'
import type { ContainerRecord } from './container-record.ts'

/** Its cable, its ports, and who knows it: all of it is there before anything of the image runs. */
export async function connectContainer(
  { networks, names, commands }: ContainerParts,
  record: ContainerRecord,
  given: { reservation: Reservation; pid: number; undo: ReturnType<typeof undoStack> },
): Promise<PublishedPort[]> {
  const { reservation, pid, undo } = given
  const { address } = reservation
  await networks.attach(reservation, pid, { isolated: false })
  reached('network attached')
  const { leave } = await names.join(record, reservation)
  undo.add(async () => leave())
  return publishPorts(commands, record.spec.ports ?? [], { pid, address })
}
