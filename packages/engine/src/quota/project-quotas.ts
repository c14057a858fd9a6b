import { readFileSync } from 'node:fs'
import { mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { shortHash } from '@berth/domain'
import type { DiskLimits } from '../port/volumes.ts'
import { mountOf } from '../system/mount-table.ts'
import { kernelQuotas } from './kernel-quotas.ts'
import { noLimits, type QuotaCalls, type QuotaLook } from './quota-calls.ts'
import { type QuotaRefusal, quotaRefusal } from './refusal.ts'

/**
 * Directories of the engine that are counted, and limited, by projects of their own. What it promises:
 *
 * - A directory's project stands on the directory alone, so nothing can say otherwise. `projects/NUMBER` says only that
 *   the number was taken by this engine; it is written before the kernel hears of it, and goes after the kernel has
 *   forgotten it. So a crash at any point leaves a number that nobody else gets and that the next `reconcile` gives back.
 * - Numbers lie between those that Kubernetes and systemd give out. None is taken that has files or limits already, that
 *   /etc/projid or /etc/projects name, or that another directory has. Engines of two homes begin far from each other.
 * - Limits are those that records say: `reconcile` sets them again where the file system has lost them.
 *
 * Who writes with CAP_SYS_RESOURCE of the machine passes ext4's limits. No container does, and overlayfs never.
 */
export type ProjectQuotas = {
  /** Null: limits hold here. Asked of the kernel each time. */
  refusal(): QuotaRefusal | null
  /**
   * Counts what the directories hold, and what is made in them, as one. They belong to nobody else, and nobody changes them
   * meanwhile. Where they have a project of ours, only its limits are set. Links, pipes and sockets that are there
   * already stay uncounted, as with `xfs_quota project -s`.
   */
  begin(directories: readonly string[], limits: DiskLimits): Promise<void>
  setLimits(directory: string, limits: DiskLimits): void
  /** Null: it is not counted. */
  look(directory: string): QuotaLook | null
  /** To be asked before the directory goes, and given to `end` after it has gone. */
  projectOf(directory: string): number | null
  end(project: number | null): Promise<void>
  /** `owners`: all that have one. */
  reconcile(owners: readonly { directory: string; limits: DiskLimits }[]): Promise<void>
}

/** Kubernetes begins at 1,048,577, systemd at 2,147,483,648. */
const firstProject = 0x4000_0000
const projects = 0x4000_0000

/** @throws what the kernel says, but for "there are no quotas" */
export async function openProjectQuotas(home: string, given?: QuotaCalls): Promise<ProjectQuotas> {
  const directory = await realpath(home)
  const { type, source: device } = mountOf(directory)
  const calls = given ?? kernelQuotas({ directory, device })
  const folder = `${home}/projects`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  let next = Number.parseInt(shortHash(home), 16) % projects

  const ownProject = (directory: string) => {
    const attributes = calls.projectOf(directory)
    return attributes !== null && isOurs(attributes.project) ? attributes.project : null
  }
  const claim = async (): Promise<number> => {
    const reserved = administratorsProjects()
    for (let tries = 0; tries < projects; tries += 1) {
      const project = firstProject + next
      next = (next + 1) % projects
      if (reserved.has(project) || !isUnused(calls.look(project))) continue
      if (await writeClaim(`${folder}/${project}`)) return project
    }
    throw new Error('Every project number of this file system is in use.')
  }
  const end = async (project: number | null) => {
    if (project === null) return
    calls.setLimits(project, noLimits)
    // Something of it is open still, or being removed: the next to reconcile looks again.
    if (isUnused(calls.look(project))) await rm(`${folder}/${project}`, { force: true })
  }
  const hold = async (project: number, limits: DiskLimits) => {
    await writeClaim(`${folder}/${project}`)
    if (!isSame(calls.look(project).limits, limits)) calls.setLimits(project, limits)
  }
  return {
    refusal() {
      const homeProject = calls.projectOf(directory)?.project ?? 0
      return quotaRefusal({ state: calls.state(), type, device, homeProject })
    },
    async begin(directories, limits) {
      const known = directories.map(ownProject)
      const project = known.find((each) => each !== null) ?? (await claim())
      calls.setLimits(project, limits)
      for (const [index, directory] of directories.entries())
        if (known[index] !== project) await countTree(calls, directory, project)
    },
    setLimits(directory, limits) {
      const project = ownProject(directory)
      if (project === null) throw new Error('Limits were set for a directory that is not counted.')
      calls.setLimits(project, limits)
    },
    look(directory) {
      const project = calls.state() === 'none' ? null : ownProject(directory)
      return project === null ? null : calls.look(project)
    },
    projectOf: ownProject,
    end,
    async reconcile(owners) {
      if (calls.state() === 'none') return
      const owned = new Map(owners.map(({ directory, limits }) => [ownProject(directory), limits]))
      for (const [project, limits] of owned) if (project !== null) await hold(project, limits)
      const claimed = (await readdir(folder)).map(Number).filter(isOurs)
      for (const project of claimed) if (!owned.has(project)) await end(project)
    },
  }
}

/**
 * The directory first, then what is in it: what is made from then on has the project by itself, and what was there
 * before is seen.
 */
async function countTree(calls: QuotaCalls, directory: string, project: number): Promise<void> {
  const ahead = [directory]
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    calls.setProject(path, { project, passesOn: true })
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const child = `${path}/${entry.name}`
      if (entry.isDirectory()) ahead.push(child)
      else if (entry.isFile()) calls.setProject(child, { project, passesOn: false })
    }
  }
}

function isOurs(project: number): boolean {
  return project >= firstProject && project < firstProject + projects
}

function isUnused({ used, limits }: QuotaLook): boolean {
  return used.bytes === 0 && used.files === 0 && isSame(limits, noLimits)
}

/** The kernel keeps bytes by 1,024. */
function isSame(one: DiskLimits, other: DiskLimits): boolean {
  const blocks = ({ bytes }: DiskLimits) => Math.ceil((bytes ?? 0) / 1024)
  return blocks(one) === blocks(other) && one.files === other.files
}

/** False: it is there already. */
async function writeClaim(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** `name:number` in /etc/projid, `number:directory` in /etc/projects. Source: projid(5), projects(5). */
function administratorsProjects(): ReadonlySet<number> {
  const words = ['/etc/projid', '/etc/projects'].flatMap((path) => readIfThere(path).split(/[:\n]/))
  return new Set(words.filter((word) => /^\d+$/.test(word)).map(Number))
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
