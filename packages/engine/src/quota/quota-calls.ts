import type { DiskLimits, DiskUse } from '../port/volumes.ts'
import type { ProjectAttributes } from '../system/syscalls.ts'

/**
 * Quotas of projects as a kernel keeps them for one file system. A project is a number that files carry; what a directory
 * passes on, everything that is made in it gets, and nothing comes into it by rename or link that has another one. Drivers:
 * quota/kernel-quotas.ts, and testing/fake-quota-calls.ts, a kernel in memory.
 *
 * - `counted`: what files take is known, but limits do not hold.
 * - Limits hold for what comes: setting one below what is used takes nothing away.
 * - A project without files and limits is as if it had never been.
 */
export interface QuotaCalls {
  state(): 'none' | 'counted' | 'enforced'
  look(project: number): QuotaLook
  setLimits(project: number, limits: DiskLimits): void
  /** Of a file or a directory. Null: it is not there, or its file system knows no projects. */
  projectOf(path: string): ProjectAttributes | null
  setProject(path: string, attributes: ProjectAttributes): void
}

export type QuotaLook = { used: DiskUse; limits: DiskLimits }

export const noLimits: DiskLimits = { bytes: null, files: null }
