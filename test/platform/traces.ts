import { readdir, readFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import type { Platform } from './start-platform.ts'

/**
 * What containers and the platform can leave on a machine, counted from outside. Bridges, veths and cgroups are counted
 * whosever they are: stories run one after the other.
 */
export type Traces = {
  conmons: number
  bridges: number
  veths: number
  cgroups: number
  mounts: number
  processes: number
}

export async function traces(platform: Platform): Promise<Traces> {
  const links = JSON.parse((await localRunner.run(command('ip', '-j', 'link'))).stdout) as {
    ifname: string
  }[]
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  return {
    conmons: (await processesOf(platform, /conmon/)).length,
    processes: (await processesOf(platform)).length,
    bridges: links.filter(({ ifname }) => /^(berth|br-)/.test(ifname)).length,
    veths: links.filter(({ ifname }) => /^(veth|bv)/.test(ifname)).length,
    cgroups: (await cgroups()).length,
    mounts: mounts.filter((line) => line.includes(platform.settings.home)).length,
  }
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

async function cgroups(): Promise<string[]> {
  const roots = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids', '/sys/fs/cgroup']
  const found = await Promise.all(roots.map((root) => readdir(root).catch(() => [] as string[])))
  return found.flat().filter((name) => name.startsWith('berth'))
}
