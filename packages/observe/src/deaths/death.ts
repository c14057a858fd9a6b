/** An end of an instance that nobody asked for: a crash, out of memory, a command that was through. */
export type Death = {
  id: string
  appId: string
  containerId: string
  /** `web.1` */
  instance: string
  releaseVersion: number
  /** 128 + signal number where a signal ended it. */
  code: number
  signal: string | null
  outOfMemory: boolean
  /** Why, in words, where nobody saw the end itself: the machine was restarted. */
  reason: string | null
  /** The most that it had at once, file pages among it; null where the kernel does not say. */
  peakMemoryBytes: number | null
  memoryLimitBytes: number | null
  startedAt: Date | null
  endedAt: Date
  /** What it printed last, values of its configuration masked. */
  lastLines: readonly string[]
}

export interface DeathStore {
  /** Once for each end of a container; told again, nothing happens. Keeps the app's newest `mostDeaths`. */
  add(death: Omit<Death, 'id'>): Promise<void>
  /** Newest first. */
  list(appId: string, limit: number): Promise<Death[]>
  /** By its id, or by what it begins with (8 digits or more), if that means one. */
  find(appId: string, id: string): Promise<Death | null>
}

export const mostDeaths = 200

const idBeginning = /^[0-9a-f][0-9a-f-]{7,35}$/

export function isDeathId(text: string): boolean {
  return idBeginning.test(text)
}
