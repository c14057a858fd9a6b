import { GlobProblem } from '../dockerfile/glob.ts'
import type { Place } from '../dockerfile/source-text.ts'
import { buildError } from './errors.ts'

/** @throws BUILD.SYNTAX where `make` throws a GlobProblem */
export function withPlace<Result>(place: Place, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (error instanceof GlobProblem) throw buildError['BUILD.SYNTAX']({ place, problem: error.message })
    throw error
  }
}
