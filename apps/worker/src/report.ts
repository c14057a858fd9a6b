import { isBerthError } from '@berth/domain'
import type { Report } from './parts.ts'

/** One line for what is expected, the whole stack for what is a bug. */
export const reportToStderr: Report = (doing, error) => {
  if (isBerthError(error)) console.error(`${doing}: ${error.code} ${error.message}`)
  else console.error(`${doing}:`, error)
}
