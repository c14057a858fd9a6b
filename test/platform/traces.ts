import { readdir, readFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { shortHash } from '@berth/domain'
import type { Platform } from './start-platform.ts'

/**
 * What containers and the platform can leave on a machine, counted from outside. A story compares it before and after.
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
  const commandLines = await allCommandLines()
  const home = platform.settings.home
  const links = JSON.parse((await localRunner.run(command('ip', '-j', 'link'))).stdout) as {
    ifname: string
  }[]
  return {
    conmons: commandLines
      .filter((line) => line.startsWith('conmon') || /\/conmon\0/.test(line))
      .filter((l) => l.includes(home)).length,
    processes: commandLines.filter((line) => line.includes(home) || line.includes(platform.settings.run))
      .length,
    bridges: links.filter(({ ifname }) => ifname.includes(shortHash(home).slice(0, 4))).length,
    veths: links.filter(({ ifname }) => ifname.startsWith('veth')).length,
    cgroups: await cgroups(),
    mounts: (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter((line) => line.includes(home))
      .length,
  }
}

async function allCommandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
}

async function cgroups(): Promise<number> {
  const roots = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup']
  const found = await Promise.all(roots.map((root) => readdir(root).catch(() => [] as string[])))
  return found.flat().filter((name) => name.startsWith('berth')).length
}
