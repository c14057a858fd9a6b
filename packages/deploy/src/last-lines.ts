import type { Containers, LogLine } from '@berth/engine'
import { openMask } from './mask.ts'

const lineCount = 10
const timeoutMs = 2_000

/**
 * What a container printed last, for the message about its end. Values of the app's configuration are masked: an error is
 * kept and shown to people who may not read the configuration.
 */
export async function lastLines(
  containers: Containers,
  containerId: string,
  configuration: Readonly<Record<string, string>>,
): Promise<string[]> {
  const signal = AbortSignal.timeout(timeoutMs)
  const found: LogLine[] = []
  const query = { follow: false, tail: lineCount, since: null, signal }
  try {
    for await (const line of containers.logs(containerId, query)) found.push(line)
  } catch (error) {
    // A log that cannot be read in time must not hide why the container ended.
    if (!signal.aborted) throw error
  }
  const mask = openMask(configuration)
  return found.slice(-lineCount).map((line) => mask(line.text).slice(0, 500))
}
