import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { enginePlaces } from '@berth/engine/sandbox/engine-places.ts'

/**
 * What an engine has on the machine beside its files: mounts in this namespace, cgroups, cables, processes. Other
 * engines run on the same machine, so only what carries this one's mark counts. A group's bridge and the one mount of a range
 * of ids stay as long as the engine does, and are no traces.
 */
export function tracesOf(options: { home: string; run: string }): string[] {
  const { cgroupParent, vethPrefix } = enginePlaces(options)
  return [
    ...mounts(options),
    ...cgroupsBelow(cgroupParent),
    ...readdirSync('/sys/class/net').filter((name) => name.startsWith(vethPrefix)),
    ...processes(options.home, cgroupParent),
  ].sort()
}

function mounts({ home, run }: { home: string; run: string }): string[] {
  const table = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')
  const points = table.map((line) => line.split(' ')[4] ?? '')
  return points.filter((point) => point.startsWith(home) && !point.startsWith(`${run}/r/`))
}

const trees = '/sys/fs/cgroup'

function cgroupsBelow(parent: string): string[] {
  return ['', ...readdirSync(trees)]
    .map((tree) => `${trees}/${tree}${parent}`)
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
}

/** By their cgroup, as containers and steps are, or by the home in their words, as monitors, git and unpackers have it. */
function processes(home: string, parent: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
        const isOurs = words.includes(home) || readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(parent)
        return isOurs ? [`process ${words}`] : []
      } catch {
        return []
      }
    })
}
