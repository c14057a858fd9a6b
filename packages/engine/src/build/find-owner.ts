import { isBerthError } from '@berth/domain'
import type { Place } from '../dockerfile/source-text.ts'
import { resolveUser } from '../sandbox/resolve-user.ts'
import { buildError } from './errors.ts'

export type Owner = { uid: number; gid: number }

/** The ids that a container has. */
const highestId = 65_535

/** Whether no file has to be looked at for it. */
export function isNumericOwner(given: string): boolean {
  return /^\d{1,10}(?::\d{0,10})?$/.test(given)
}

/**
 * `--chown` as numbers: names by the root's own passwd and group files; a number alone is both user and group.
 * `root` null: for owners that are numeric.
 * Reference: Docker's "Dockerfile reference", COPY --chown.
 *
 * @throws BUILD.USER_UNKNOWN
 */
export async function findOwner(root: string | null, given: string, place: Place): Promise<Owner> {
  const [user = '', group] = given.split(':')
  const known = isNumber(user)
    ? { uid: Number(user), gid: Number(user) }
    : await lookUp(root, user === '' ? '0' : user, given, place)
  const gid = await groupOf(root, group, known.gid, given, place)
  if (known.uid > highestId || gid > highestId) throw buildError['BUILD.USER_UNKNOWN']({ place, user: given })
  return { uid: known.uid, gid }
}

async function groupOf(
  root: string | null,
  group: string | undefined,
  fallback: number,
  given: string,
  place: Place,
): Promise<number> {
  if (group === undefined || group === '') return fallback
  return isNumber(group) ? Number(group) : (await lookUp(root, `0:${group}`, given, place)).gid
}

async function lookUp(root: string | null, user: string, given: string, place: Place): Promise<Owner> {
  if (root === null) throw new Error(`The owner ${given} is no number`)
  try {
    return await resolveUser(root, user)
  } catch (error) {
    if (isBerthError(error)) throw buildError['BUILD.USER_UNKNOWN']({ place, user: given }, { cause: error })
    throw error
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text)
}
