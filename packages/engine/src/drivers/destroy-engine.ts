import { rm } from 'node:fs/promises'
import type { CommandRunner } from '@berth/command'
import { openGroupRecords } from '../container/group-records.ts'
import { openNetworks } from '../network/networks.ts'
import { endLeftovers } from '../sandbox/end-leftovers.ts'
import { openHostParts } from '../sandbox/host-parts.ts'
import { mountsUnder } from '../system/mount-table.ts'
import { unmount } from '../system/syscalls.ts'

/**
 * Ends everything that an engine has running on this machine: containers, monitors, cgroups, bridges, firewall, and its
 * directory under /run. What lasts (images, records, logs) stays under `home`. No engine may be open on it.
 */
export async function destroyEngine(options: {
  home: string
  run: string
  commands: CommandRunner
}): Promise<void> {
  const parts = openHostParts(options)
  const { places, commands } = parts
  await endLeftovers(parts, new Set())
  await parts.cgroups.remove(places.cgroupParent)
  const groups = await openGroupRecords(places.groups, 0)
  // Roots that an engine mounted in this very namespace, if one did; the home itself may be a disk of its own.
  for (const point of mountsUnder(options.home)) if (point !== options.home) unmount(point)
  const networks = await openNetworks({ commands, places, groups })
  await networks.destroy()
  await rm(options.run, { recursive: true, force: true })
}
