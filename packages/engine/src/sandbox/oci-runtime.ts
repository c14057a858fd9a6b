import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { EnginePlaces } from './engine-places.ts'
import { findProgram, lookForProgram } from './host-program.ts'

/** The program that makes containers out of bundles. */
export type OciRuntime = {
  kind: 'crun' | 'runc'
  /** Absolute, as conmon wants it. */
  path: string
}

type Places = Pick<EnginePlaces, 'runtimeKind' | 'runtimeRoot'>

/**
 * crun where it is installed and can work, because it starts sooner; where cgroups are v1, also with an empty v2 tree beside
 * them, crun 1.8 refuses to. Neither knows what the other has made: so an engine stays with its choice as long as its
 * directory under /run lasts, which is until the machine starts anew, whatever is installed meanwhile.
 *
 * @throws CONTAINER.HOST_UNFIT: it is not installed
 */
export function ociRuntime(places: Places, cgroupVersion: 1 | 2, lookFor = lookForProgram): OciRuntime {
  const kind = formerKind(places) ?? preferredKind(cgroupVersion, lookFor)
  const path = findProgram(kind, lookFor)
  writeFileSync(places.runtimeKind, kind)
  return { kind, path }
}

/** Engines from before there was a choice have left containers without a word about it: runc's. */
function formerKind({ runtimeKind, runtimeRoot }: Places): OciRuntime['kind'] | undefined {
  const word = existsSync(runtimeKind) ? readFileSync(runtimeKind, 'utf8') : ''
  if (word === 'crun' || word === 'runc') return word
  return readdirSync(runtimeRoot).length > 0 ? 'runc' : undefined
}

function preferredKind(cgroupVersion: 1 | 2, lookFor: typeof lookForProgram): OciRuntime['kind'] {
  return cgroupVersion === 2 && lookFor('crun') !== undefined ? 'crun' : 'runc'
}
