import { existsSync } from 'node:fs'
import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { signalProcess } from './process-life.ts'
import { readIfThere as readNow } from './processes-in.ts'

/**
 * What the kernel counts per container, in both of its languages: one tree (v2), or a tree for each controller (v1, also
 * where an empty v2 tree lies beside them). Paths are absolute within a tree: `/berth-…/ID`.
 */
export type Cgroups = {
  /** How often a process of it was killed because its memory limit was reached; 0 once the group is gone. */
  oomKills(path: string): Promise<number>
  /** The most memory that it has had at once; null where the kernel does not say (v2 before Linux 5.19), or the group is gone. */
  peakMemory(path: string): Promise<number | null>
  /** Whether its processes stand still, by the freezer. */
  isFrozen(path: string): boolean
  /** The group and all below it, once their processes have ended. */
  remove(path: string): Promise<void>
  /** Kills every process in it, for what no runtime knows of any more. */
  kill(path: string): Promise<void>
  /** Names of the groups right below. */
  children(path: string): Promise<string[]>
}

const root = '/sys/fs/cgroup'

export function openCgroups(version: 1 | 2): Cgroups {
  const directories = (path: string) =>
    version === 2 ? [`${root}${path}`] : controllers().map((name) => `${root}/${name}${path}`)
  return {
    oomKills: version === 2 ? oomKillsV2 : oomKillsV1,
    async peakMemory(path) {
      const file = version === 2 ? `${path}/memory.peak` : `/memory${path}/memory.max_usage_in_bytes`
      const bytes = Number.parseInt(await readIfThere(`${root}${file}`), 10)
      return Number.isNaN(bytes) ? null : bytes
    },
    isFrozen(path) {
      const file = version === 2 ? `${path}/cgroup.freeze` : `/freezer${path}/freezer.state`
      return ['1', 'FROZEN', 'FREEZING'].includes(readNow(`${root}${file}`).trim())
    },
    async remove(path) {
      for (const directory of directories(path)) await removeTree(directory)
    },
    async kill(path) {
      // All of them at once, and what they start meanwhile. Since Linux 5.14.
      if (version === 2 && (await writeIfThere(`${root}${path}/cgroup.kill`, '1'))) return
      const lists = await Promise.all(
        directories(path).map((directory) => readIfThere(`${directory}/cgroup.procs`)),
      )
      const pids = new Set(
        lists.flatMap((list) => list.split('\n').filter((pid) => pid !== '' && pid !== '0')),
      )
      for (const pid of pids) signalProcess(Number(pid), 'SIGKILL')
    },
    async children(path) {
      const names = await Promise.all(directories(path).map(subdirectories))
      return [...new Set(names.flat())]
    },
  }
}

async function oomKillsV2(path: string): Promise<number> {
  return field(await readIfThere(`${root}${path}/memory.events`), 'oom_kill')
}

async function oomKillsV1(path: string): Promise<number> {
  return field(await readIfThere(`${root}/memory${path}/memory.oom_control`), 'oom_kill')
}

/** The number in a line `name number`; 0 where there is none. */
function field(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}

/** Those that runc uses; a machine need not have all. `unified` is the v2 tree beside v1's. */
function controllers(): string[] {
  const names = [
    ...['memory', 'cpu', 'cpuacct', 'cpu,cpuacct', 'cpuset', 'pids', 'devices', 'freezer', 'blkio'],
    ...[
      'hugetlb',
      'net_cls',
      'net_prio',
      'net_cls,net_prio',
      'perf_event',
      'rdma',
      'misc',
      'systemd',
      'unified',
    ],
  ]
  return names.filter((name) => existsSync(`${root}/${name}`))
}

async function removeTree(directory: string): Promise<void> {
  for (const name of await subdirectories(directory)) await removeTree(`${directory}/${name}`)
  await removeOne(directory)
}

/** A group is busy for a moment after its last process was killed. */
const busyTries = 50
const busyPauseMs = 20

async function removeOne(directory: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await rmdir(directory)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT') return
      if (code !== 'EBUSY' || tries >= busyTries) throw error
      await new Promise((resolve) => setTimeout(resolve, busyPauseMs))
    }
  }
}

async function subdirectories(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENODEV') return ''
    throw error
  }
}

/** False: there is no such file, whose group may be gone. */
async function writeIfThere(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'r+' })
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENODEV') return false
    throw error
  }
}
