/** What wrk measured. Source of the form: wrk 4.1, `--latency`. */
export type Load = { requestsPerSecond: number; p99Ms: number }

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 }

/** @throws where a request failed: then a figure would say nothing */
export function parseWrk(printed: string): Load {
  const failed = /^.*(?:Socket errors|Non-2xx).*$/m.exec(printed)
  if (failed) throw new Error(`wrk met failures: ${failed[0].trim()}`)
  const rate = /^Requests\/sec:\s+([\d.]+)$/m.exec(printed)
  const p99 = /^\s*99%\s+([\d.]+)(us|ms|s|m)\s*$/m.exec(printed)
  if (rate === null || p99 === null) throw new Error(`wrk printed no figures:\n${printed}`)
  return { requestsPerSecond: Number(rate[1]), p99Ms: Number(p99[1]) * (unitMs[p99[2] ?? ''] ?? Number.NaN) }
}
