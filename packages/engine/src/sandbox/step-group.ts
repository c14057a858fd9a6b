import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { SharedLimits } from '../sandbox.ts'
import type { HostParts } from './host-parts.ts'
import { ociResources } from './resources.ts'

/**
 * A cgroup that holds what steps may use together, each having one of its own in it. It is made when the first step comes
 * and removed by `end`; one that a killed process left goes with its steps when the engine is next opened.
 *
 * Whom the kernel kills for want of memory it counts in the step's own group, though the limit is this one's: of v1, whose
 * counts do not go up, as of v2, whose do.
 */
export type StepGroup = {
  /** Its name below the engine's cgroups. */
  name(): Promise<string>
  /** Fine if there never was a step. None may run any more. */
  end(): Promise<void>
}

export const stepGroupPrefix = 'build-'

export function openStepGroup(
  { places, host, cgroups }: Pick<HostParts, 'places' | 'host' | 'cgroups'>,
  limits: SharedLimits,
): StepGroup {
  let made: Promise<string> | undefined
  const make = async () => {
    const name = `${stepGroupPrefix}${randomBytes(8).toString('hex')}`
    const path = `${places.cgroupParent}/${name}`
    const resources = ociResources({ ...limits, cpus: null }, host)
    if (host.cgroupVersion === 2) await makeV2(path, resources)
    else await makeV1(path, resources)
    return name
  }
  return {
    name() {
      made ??= make()
      return made
    },
    async end() {
      if (made !== undefined) await cgroups.remove(`${places.cgroupParent}/${await made}`)
    },
  }
}

type Resources = ReturnType<typeof ociResources>

const root = '/sys/fs/cgroup'

type Values = readonly (readonly [file: string, value: string | number | undefined])[]

/** Of runc's trees those that have limits here, as far as the machine has them. Source: the kernel's cgroup-v1/. */
async function makeV1(path: string, { memory, cpu, pids }: Resources): Promise<void> {
  const values: Readonly<Record<string, Values>> = {
    memory: [
      // Before Linux 5.11 a group's limit does not hold for those in it unless it says so, before there are any.
      ['memory.use_hierarchy', '1'],
      ['memory.limit_in_bytes', memory?.limit],
      ['memory.memsw.limit_in_bytes', memory?.swap ?? undefined],
    ],
    cpu: [['cpu.shares', cpu.shares]],
    pids: [['pids.max', pids.limit]],
  }
  for (const [controller, wanted] of Object.entries(values))
    if (existsSync(`${root}/${controller}`)) await write(await makeGroup(`/${controller}${path}`), wanted)
}

/** Source: the kernel's cgroup-v2.rst. A group has a controller's files when all above hand the controller down. */
async function makeV2(path: string, { memory, pids, unified }: Resources): Promise<void> {
  const above = await makeGroup(path.slice(0, path.lastIndexOf('/')))
  for (const group of [root, above]) await handDown(group)
  await write(await makeGroup(path), [
    ['memory.max', memory?.limit],
    ['memory.swap.max', memory?.swap ? memory.swap - memory.limit : undefined],
    ['cpu.weight', unified?.['cpu.weight']],
    ['pids.max', pids.limit],
  ])
}

async function handDown(group: string): Promise<void> {
  const has = (await readFile(`${group}/cgroup.controllers`, 'utf8')).trim().split(' ')
  const wanted = ['memory', 'cpu', 'pids'].filter((name) => has.includes(name))
  await writeFile(`${group}/cgroup.subtree_control`, wanted.map((name) => `+${name}`).join(' '))
}

async function makeGroup(path: string): Promise<string> {
  const directory = `${root}${path}`
  await mkdir(directory, { recursive: true })
  return directory
}

/** In this order. What a kernel has no file for (swap that is not counted), it does not limit. */
async function write(directory: string, values: Values): Promise<void> {
  for (const [file, value] of values) {
    const path = `${directory}/${file}`
    if (value === undefined || !existsSync(path) || (await readFile(path, 'utf8')).trim() === String(value))
      continue
    await writeFile(path, String(value))
  }
}
