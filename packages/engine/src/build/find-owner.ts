import { isBerthError } from '@berth/domain'
import { type Place, quoted } from '../dockerfile/source-text.ts'
import { resolveUser, UnknownName } from '../sandbox/resolve-user.ts'
import { buildError } from './errors.ts'
import { type StepWarning, type StepWarnings, warn } from './step-warnings.ts'

export type Owner = { uid: number; gid: number }

/** The ids that a container has. */
const highestId = 65_535

/** Whether no file has to be looked at for it. */
export function isNumericOwner(given: string): boolean {
  return /^\d{1,10}(?::\d{0,10})?$/.test(given)
}

/** `root` null: for owners that are numeric. `warn` null: a name must be known. */
export type OwnerScope = {
  root: string | null
  place: Place
  warn: ((warning: StepWarning) => void) | null
}

/**
 * `--chown` as numbers: names by the root's own passwd and group files; a number alone is both user and group. As with
 * BuildKit, files of a user whom the image does not have belong to root, and a group that it does not have counts for
 * nothing; that is told.
 * Reference: Docker's "Dockerfile reference", COPY --chown; BuildKit's solver/llbsolver/ops/user_linux.go.
 *
 * @throws BUILD.USER_UNKNOWN
 */
export async function findOwner(given: string, scope: OwnerScope): Promise<Owner> {
  const [user = '', group = ''] = given.split(':')
  const known = isNumber(user)
    ? { uid: Number(user), gid: Number(user) }
    : ((await lookUp(user === '' ? '0' : user, given, scope)) ?? { uid: 0, gid: 0 })
  const gid = group === '' ? known.gid : await groupOf(group, given, scope)
  return withinRange({ uid: known.uid, gid: gid ?? known.gid }, given, scope)
}

async function groupOf(group: string, given: string, scope: OwnerScope): Promise<number | undefined> {
  if (isNumber(group)) return Number(group)
  return (await lookUp(`0:${group}`, given, scope))?.gid
}

function withinRange(owner: Owner, given: string, { place }: OwnerScope): Owner {
  if (owner.uid <= highestId && owner.gid <= highestId) return owner
  throw buildError['BUILD.USER_UNKNOWN']({ place, user: given })
}

/** Undefined: the image has no such name, which was told. */
async function lookUp(
  user: string,
  given: string,
  { root, place, warn }: OwnerScope,
): Promise<Owner | undefined> {
  if (root === null) throw new Error(`The owner ${given} is no number`)
  try {
    return await resolveUser(root, user)
  } catch (error) {
    if (!isBerthError(error)) throw error
    if (warn === null || !(error.cause instanceof UnknownName))
      throw buildError['BUILD.USER_UNKNOWN']({ place, user: given }, { cause: error })
    warn(unknownOwner(user.replace(/^0:/, '')))
    return undefined
  }
}

function unknownOwner(name: string): StepWarning {
  const text = `The image has no user or group ${quoted(name)}: root takes its place. Create it with a RUN before this line.`
  return { rule: 'UnknownOwner', text }
}

/** Where there is no layer yet, there is nothing that could hold a name: as with BuildKit, it must be known. */
export function ownerScope(
  warnings: StepWarnings,
  { root, place, layers }: { root: string | null; place: Place; layers: readonly string[] },
): OwnerScope {
  const say = (warning: StepWarning) => warn(warnings, place, warning)
  return { root, place, warn: layers.length === 0 ? null : say }
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text)
}
