import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CommandRunner } from '@berth/command'
import { containerError } from '../container/errors.ts'
import { type Cgroups, openCgroups } from './cgroups.ts'
import { type EnginePlaces, enginePlaces } from './engine-places.ts'
import { type HostLimits, readHostLimits } from './host-limits.ts'
import { findProgram } from './host-program.ts'
import { openRuntime, type Runtime } from './runtime.ts'
import { readSeccompProfiles, type SeccompProfiles } from './seccomp.ts'

/** What containers and build steps share, found out once when the engine is opened. */
export type HostParts = {
  commands: CommandRunner
  places: EnginePlaces
  host: HostLimits
  seccomp: SeccompProfiles
  runtime: Runtime
  cgroups: Cgroups
  /** A static init that reaps and passes signals on. */
  init: string
}

/** @throws CONTAINER.HOST_UNFIT */
export function openHostParts(options: { home: string; run: string; commands: CommandRunner }): HostParts {
  const { commands } = options
  const places = enginePlaces(options)
  for (const path of [options.home, options.run]) makePassable(path)
  for (const path of [places.containers, places.groups, places.runtimeRoot]) makePassable(path)
  for (const path of [places.exits, places.sockets, places.steps, places.execs]) makePassable(path)
  const host = readHostLimits(places.cgroupParent)
  return {
    commands,
    places,
    host,
    seccomp: readSeccompProfiles(),
    runtime: openRuntime({ commands, places, host }),
    cgroups: openCgroups(host.cgroupVersion),
    init: findProgram('catatonit'),
  }
}

/**
 * Others may pass through, because root inside a container is a stranger here who must reach its root file system; they
 * may not look around.
 */
function makePassable(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o711 })
  chmodSync(path, 0o711)
  for (let above = dirname(path); above !== '/'; above = dirname(above)) {
    if ((statSync(above).mode & 0o001) !== 0) continue
    throw containerError['CONTAINER.HOST_UNFIT']({ missing: `a way for others through ${above} (chmod o+x)` })
  }
}
