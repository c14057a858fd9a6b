const firstMs = 1_000
const longestMs = 5 * 60_000

/** How long to wait after so many failures in a row: 1 s, 2 s, 4 s … 5 minutes, each between a half and the whole of it. */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20))
  return Math.round(whole * (0.5 + random() / 2))
}
