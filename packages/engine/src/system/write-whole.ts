import { rename, rm, writeFile } from 'node:fs/promises'
import { type FailurePoint, reached } from './failure-points.ts'

/** A small file that appears whole, by rename from `fresh` beside it; where it cannot be written, nothing of it stays. */
export async function writeWhole(
  path: string,
  content: string,
  { fresh, point }: { fresh: string; point: FailurePoint },
): Promise<void> {
  try {
    await writeFile(fresh, content, { mode: 0o600 })
    reached(point)
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw error
  }
}
