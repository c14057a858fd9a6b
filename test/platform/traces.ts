import { readdir, readFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { places, shortHash } from '@berth/domain'
import type { Platform } from './start-platform.ts'

/**
 * What containers and the platform can leave on a machine, counted from outside. Links, firewall tables and cgroups
 * carry a hash of the engine's home in their names.
 */
export type Traces = {
  conmons: number
  links: number
  firewalls: number
  cgroups: number
  mounts: number
  processes: number
}

export async function traces(platform: Platform): Promise<Traces> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  const tables = (await localRunner.run(command('nft', 'list', 'tables'))).stdout.split('\n')
  return {
    conmons: (await processesOf(platform, /conmon/)).length,
    processes: (await processesOf(platform)).length,
    links: (await linksOf(platform)).length,
    firewalls: tables.filter((table) => table.includes(firewallOf(platform))).length,
    cgroups: (await cgroupsOf(platform)).length,
    mounts: mounts.filter((line) => line.includes(platform.settings.home)).length,
  }
}

function mark(platform: Platform): string {
  return shortHash(places(platform.settings).engine)
}

export function firewallOf(platform: Platform): string {
  return `berth_${mark(platform)}`
}

/** Bridges and cables. */
export async function linksOf(platform: Platform): Promise<string[]> {
  const links = JSON.parse((await localRunner.run(command('ip', '-j', 'link'))).stdout) as {
    ifname: string
  }[]
  return links.map(({ ifname }) => ifname).filter((name) => name.includes(mark(platform)))
}

/** Processes that name the platform's home or run directory on their command line, other than this one. */
export async function processesOf(platform: Platform, program = /./): Promise<number[]> {
  const { home, run } = platform.settings
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      const ours = words.some((word) => word.includes(home) || word.includes(run))
      return ours && program.test(words[0] ?? '') ? [Number(pid)] : []
    }),
  )
  return found.flat()
}

/** Directories of the platform's parent cgroup, in whichever hierarchy. */
export async function cgroupsOf(platform: Platform): Promise<string[]> {
  const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids', '/sys/fs/cgroup/unified']
  const found = await Promise.all(
    roots.map(async (root) => {
      const names = await readdir(root).catch(() => [] as string[])
      return names.filter((name) => name.includes(mark(platform))).map((name) => `${root}/${name}`)
    }),
  )
  return found.flat()
}
