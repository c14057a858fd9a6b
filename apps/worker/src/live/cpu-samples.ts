/** Turns a container's processor time into a fraction of one core: since the look before, if that was seconds ago. */
export type CpuSamples = { fraction(containerId: string, cpuTimeMs: number): number | null }

type Sample = { at: number; cpuTimeMs: number; fraction: number | null }

const shortestMs = 1_000
const oldMs = 5 * 60_000
const maxContainers = 5_000

export function openCpuSamples(now: () => number = Date.now): CpuSamples {
  const samples = new Map<string, Sample>()

  function forgetOld(): void {
    for (const [id, sample] of samples) if (now() - sample.at > oldMs) samples.delete(id)
  }

  return {
    fraction(containerId, cpuTimeMs) {
      const before = samples.get(containerId)
      const elapsedMs = before ? now() - before.at : 0
      if (before && elapsedMs < shortestMs) return before.fraction
      const fraction = before ? Math.max(0, (cpuTimeMs - before.cpuTimeMs) / elapsedMs) : null
      samples.set(containerId, { at: now(), cpuTimeMs, fraction })
      if (samples.size > maxContainers) forgetOld()
      return fraction
    },
  }
}
