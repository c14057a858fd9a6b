import { findProgram, lookForProgram } from './host-program.ts'

/**
 * The program that makes containers out of bundles: crun where it is installed and can work, because it starts sooner. Where
 * cgroups are v1, also with an empty v2 tree beside them, crun 1.8 refuses to.
 */
export type OciRuntime = {
  kind: 'crun' | 'runc'
  /** Absolute, as conmon wants it. */
  path: string
}

/** @throws CONTAINER.HOST_UNFIT: there is none */
export function ociRuntime(cgroupVersion: 1 | 2, lookFor = lookForProgram): OciRuntime {
  const crun = cgroupVersion === 2 ? lookFor('crun') : undefined
  return crun === undefined
    ? { kind: 'runc', path: findProgram('runc', lookFor) }
    : { kind: 'crun', path: crun }
}
