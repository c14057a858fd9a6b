import { readdir, readFile } from 'node:fs/promises'
import type { HostParts } from './host-parts.ts'
import { isAlive } from './process-life.ts'

/** A monitor that was just creating a container when its worker was killed may take this long to get there. */
const settleMs = 10_000

/**
 * Ends everything that the runtime knows of but for `kept`: its processes are killed, its state and cgroups removed.
 * Waits for the monitors of what was killed, so that nothing comes up behind our back.
 */
export async function endLeftovers(parts: HostParts, kept: ReadonlySet<string>): Promise<void> {
  const { runtime, cgroups, places } = parts
  const bundles = [
    ...(await directoriesIn(places.containers)),
    ...(await directoriesIn(places.steps)),
  ].filter(({ id }) => !kept.has(id))
  const monitors = (await Promise.all(bundles.map(findMonitor))).filter((monitor) => monitor !== undefined)
  await endKnown(parts, kept)
  const deadline = Date.now() + settleMs
  while (monitors.some(({ pid }) => isAlive(pid)) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    await endKnown(parts, kept)
  }
  const groups = await cgroups.children(places.cgroupParent)
  for (const id of groups) {
    if (kept.has(id)) continue
    const path = `${places.cgroupParent}/${id}`
    // Those of a build's steps are in one of the build's.
    const inside = await cgroups.children(path)
    for (const each of [path, ...inside.map((name) => `${path}/${name}`)]) await cgroups.kill(each)
    await runtime.delete(id)
    await cgroups.remove(path)
  }
}

async function endKnown({ runtime }: HostParts, kept: ReadonlySet<string>): Promise<void> {
  const known = await runtime.list()
  for (const { id } of known) if (!kept.has(id)) await runtime.delete(id)
}

/** Whether its monitor still lives: the pid's command line names the container, or it is another process by now. */
async function findMonitor({ id, path }: { id: string; path: string }): Promise<{ pid: number } | undefined> {
  const pid = Number(await readIfThere(`${path}/conmon.pid`))
  if (!(pid > 0)) return undefined
  const words = (await readIfThere(`/proc/${pid}/cmdline`)).split('\0')
  return words[0]?.endsWith('conmon') && words.includes(id) ? { pid } : undefined
}

async function directoriesIn(directory: string): Promise<{ id: string; path: string }[]> {
  try {
    return (await readdir(directory)).map((id) => ({ id, path: `${directory}/${id}` }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
