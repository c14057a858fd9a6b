import type { DeathView } from '@berth/api'

/** The same end of the same instance, again and again: one thing for a person. The newest stands for them. */
export type Crash = { newest: DeathView; times: number; firstAt: string }

export function groupCrashes(deaths: readonly DeathView[]): Crash[] {
  const groups = new Map<string, Crash>()
  for (const death of deaths) {
    const key = [
      death.instance,
      death.releaseVersion,
      death.code,
      death.signal,
      death.outOfMemory,
      death.reason,
    ].join()
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { newest: death, times: 1, firstAt: death.endedAt })
    else groups.set(key, { ...known, times: known.times + 1, firstAt: death.endedAt })
  }
  return [...groups.values()]
}
