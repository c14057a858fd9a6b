import { writeSync } from 'node:fs'

/**
 * Where a crash would find something half done. A test starts a process that is killed at one of these (SIGKILL, so
 * nothing is cleared up), opens the engine anew and looks at what is left: src/crash/.
 *
 * The list is closed: a point that no case of those tests reaches fails them.
 */
export const failurePoints = [
  ...['context read', 'build planned', 'step begun', 'step directory made', 'step root mounted'],
  ...['step created by runtime', 'step running', 'step ended', 'upper unmounted'],
  ...['cache mount filled', 'cache mount in place'],
  ...['layer sealed', 'layer recorded', 'layer in place', 'copies written beside', 'copies kept'],
  ...['cache record written beside', 'cache kept', 'chain kept'],
  ...['download begun', 'download written', 'download in place', 'download kept'],
  ...['repository fetched', 'archive spooled', 'archive added'],
  ...['image recorded', 'name set', 'record written beside'],
  ...['blob partly downloaded', 'blob downloaded', 'archive unpacked', 'diff id remembered'],
  ...['outline kept', 'download removed', 'blob remembered', 'original kept', 'image pinned'],
  ...['layer packed', 'layer sent', 'configuration sent', 'manifest sent'],
  ...['archive written beside'],
  ...['container record written beside', 'container recorded', 'address reserved', 'container root mounted'],
  ...['volume made beside', 'volume in place', 'volume filled', 'mounts opened', 'bundle written'],
  ...['monitor started', 'container created by runtime', 'network attached', 'ports published'],
  ...['container started', 'start recorded', 'command started', 'file copied in', 'changes copied'],
  ...['stop signal sent', 'exit found', 'exit recorded', 'runtime state deleted', 'cgroup removed'],
  ...['container root unmounted', 'container cleared', 'image volumes removed', 'container removed'],
  ...['volume out of sight', 'image name removed', 'image record removed', 'layer out of sight'],
  ...['layer record removed'],
] as const

export type FailurePoint = (typeof failurePoints)[number]

/** For tests only: nothing of the platform sets it. */
const killedAt = process.env.BERTH_KILLED_AT

/** Ends this process here, as a crash would, where its environment says so; otherwise does nothing. */
export function reached(point: FailurePoint): void {
  if (killedAt !== point) return
  writeSync(2, `killed at: ${point}\n`)
  process.kill(process.pid, 'SIGKILL')
}
