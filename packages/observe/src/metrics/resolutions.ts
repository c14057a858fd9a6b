/** At which steps figures are kept, and for how long: the finer, the shorter. Each step is a multiple of the one before. */
export type Resolution = { stepMs: number; slots: number }

const minuteMs = 60_000

export const resolutions = [
  /** 2 hours. */
  { stepMs: 10_000, slots: 720 },
  /** 2 days. */
  { stepMs: minuteMs, slots: 2_880 },
  /** 30 days. */
  { stepMs: 10 * minuteMs, slots: 4_320 },
] as const satisfies readonly Resolution[]

export const finest = resolutions[0]

export function reachMs({ stepMs, slots }: Resolution): number {
  return stepMs * slots
}

/** The finest that still has what lies so long ago, and no finer than `wantedMs`. The coarsest has what there is. */
export function resolutionFor(agoMs: number, wantedMs: number): Resolution {
  const reaching = resolutions.filter((each) => reachMs(each) >= agoMs)
  return reaching.findLast(({ stepMs }) => stepMs <= wantedMs) ?? reaching[0] ?? resolutions[2]
}

/** The beginning of the step that a moment lies in. */
export function startOf(at: number, stepMs: number): number {
  return Math.floor(at / stepMs) * stepMs
}
