/**
 * What an instance, or the machine, used over a while. Sums and peaks, not averages: so a minute is made of its parts by adding
 * them up, whatever parts are missing. Laws, held by tests: merging is associative, and `noUsage` changes nothing.
 */
export type Usage = {
  /** How much of the time was looked at. */
  coveredMs: number
  cpuMs: number
  /** Of one core, the most in any part. */
  cpuPeak: number
  /** Memory × time: over `coveredMs` it is the average. */
  memoryByteMs: number
  memoryPeakBytes: number
  /** 0: none. */
  memoryLimitBytes: number
  receivedBytes: number
  sentBytes: number
  readBytes: number
  writtenBytes: number
  pidsPeak: number
  restarts: number
}

export const noUsage: Usage = {
  coveredMs: 0,
  cpuMs: 0,
  cpuPeak: 0,
  memoryByteMs: 0,
  memoryPeakBytes: 0,
  memoryLimitBytes: 0,
  receivedBytes: 0,
  sentBytes: 0,
  readBytes: 0,
  writtenBytes: 0,
  pidsPeak: 0,
  restarts: 0,
}

/** Of the limit, what the later part says. */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  return {
    coveredMs: earlier.coveredMs + later.coveredMs,
    cpuMs: earlier.cpuMs + later.cpuMs,
    cpuPeak: Math.max(earlier.cpuPeak, later.cpuPeak),
    memoryByteMs: earlier.memoryByteMs + later.memoryByteMs,
    memoryPeakBytes: Math.max(earlier.memoryPeakBytes, later.memoryPeakBytes),
    memoryLimitBytes: later.coveredMs > 0 ? later.memoryLimitBytes : earlier.memoryLimitBytes,
    receivedBytes: earlier.receivedBytes + later.receivedBytes,
    sentBytes: earlier.sentBytes + later.sentBytes,
    readBytes: earlier.readBytes + later.readBytes,
    writtenBytes: earlier.writtenBytes + later.writtenBytes,
    pidsPeak: Math.max(earlier.pidsPeak, later.pidsPeak),
    restarts: earlier.restarts + later.restarts,
  }
}

/** Of instances at one time, where merging is for one instance's times. A limit that one lacks, all lack. */
export function addUsage(one: Usage, beside: Usage): Usage {
  if (one.coveredMs === 0) return beside
  if (beside.coveredMs === 0) return one
  const isLimited = one.memoryLimitBytes > 0 && beside.memoryLimitBytes > 0
  return {
    ...mergeUsage(one, beside),
    coveredMs: Math.max(one.coveredMs, beside.coveredMs),
    cpuPeak: one.cpuPeak + beside.cpuPeak,
    memoryPeakBytes: one.memoryPeakBytes + beside.memoryPeakBytes,
    memoryLimitBytes: isLimited ? one.memoryLimitBytes + beside.memoryLimitBytes : 0,
    pidsPeak: one.pidsPeak + beside.pidsPeak,
  }
}
