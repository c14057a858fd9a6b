import { print } from '../output.ts'
import { sayError } from '../say-error.ts'

/**
 * Does the same to several things, prints each that it was done to, and says of each that it was not, why. The status is
 * the first failure's.
 */
export async function eachNamed(
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<number> {
  let status = 0
  for (const name of names) {
    try {
      await work(name)
      print(name)
    } catch (error) {
      const failed = await sayError(error)
      status ||= failed
    }
  }
  return status
}
