import { saysNoSpace } from '../system/is-disk-full.ts'
import { archiveError } from './errors.ts'

/** What is thrown where a disk takes no more becomes a coded error; anything else stays what it is. */
export function orNoSpace(error: unknown): unknown {
  return saysNoSpace(error) ? archiveError['ARCHIVE.NO_SPACE'](undefined, { cause: error }) : error
}
