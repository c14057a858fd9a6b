import { type ProcessType, parseProcessType, type Release } from '@berth/domain'
import { apiError } from './errors.ts'

/** The tasks of a deployment run as this type; nothing else may be called so. */
export const taskType = 'release'

/**
 * A process type that a person names. Before the first deployment nobody knows which there will be: any is taken then.
 * @throws NAME.INVALID, PROCESS.UNKNOWN_TYPE
 */
export function readProcessType(
  given: string,
  release: Release | null,
  others: readonly string[] = [],
): ProcessType {
  const type = parseProcessType(given)
  const known = [...(release?.processes.map((found) => found.type) ?? []), ...others]
  const isKnown = known.includes(type) || (release === null && type !== taskType)
  if (!isKnown) throw apiError['PROCESS.UNKNOWN_TYPE']({ type, known })
  return type
}
