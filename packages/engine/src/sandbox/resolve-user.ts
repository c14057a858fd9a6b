import { readSync } from 'node:fs'
import { startFailed } from '../container/errors.ts'
import type { ResolvedUser } from '../sandbox.ts'
import { openFileInRoot } from '../system/open-in-root.ts'

/** A name in passwd decides; a number that is not in it is taken as it is. Beyond the range there is no such id. */
const mostId = 65_535
/** More than any honest passwd; a sparse file of terabytes must not be read. */
const mostBytes = 1024 * 1024

/** The cause of a refusal: the files are readable, and the name is in none of them. */
export class UnknownName extends Error {}

/**
 * `name`, `uid`, `name:group` or `uid:gid` as numbers, by the root's own passwd and group files; empty means root. As
 * with Docker, supplementary groups are the group itself and, unless one was named, those that list the user.
 *
 * @throws CONTAINER.START_FAILED: no such user or group
 */
export async function resolveUser(root: string, given: string): Promise<ResolvedUser> {
  const [userPart = '', groupPart] = (given === '' ? '0' : given).split(':')
  const users = parse(readSmallFile(root, '/etc/passwd'))
  const groups = parse(readSmallFile(root, '/etc/group'))
  const user = findUser(users, userPart)
  const named = groupPart === undefined || groupPart === '' ? undefined : findGroup(groups, groupPart)
  const listed = groups
    .filter((row) => user.name !== null && row[3]?.split(',').includes(user.name))
    .map((row) => Number(row[2]))
  const gid = named ?? user.gid
  return {
    uid: user.uid,
    gid,
    groups: [...new Set([gid, ...(named === undefined ? listed : [])])].filter(isId),
    home: user.home,
  }
}

type Row = readonly string[]

function findUser(rows: readonly Row[], given: string) {
  const row = rows.find((each) => each[0] === given) ?? rows.find((each) => each[2] === given)
  if (row !== undefined) {
    const uid = checkedId(row[2] ?? '', `user ${given}`)
    const gid = checkedId(row[3] ?? '', `group of user ${given}`)
    return { name: row[0] ?? null, uid, gid, home: row[5]?.startsWith('/') ? row[5] : '/' }
  }
  if (!/^\d+$/.test(given)) throw unknown(`the image has no user ${JSON.stringify(given.slice(0, 60))}`)
  return { name: null, uid: checkedId(given, 'user'), gid: 0, home: '/' }
}

function findGroup(rows: readonly Row[], given: string): number {
  const row = rows.find((each) => each[0] === given)
  if (row !== undefined) return checkedId(row[2] ?? '', `group ${given}`)
  if (!/^\d+$/.test(given)) throw unknown(`the image has no group ${JSON.stringify(given.slice(0, 60))}`)
  return checkedId(given, 'group')
}

function unknown(reason: string) {
  return startFailed(reason, { cause: new UnknownName(reason) })
}

function checkedId(text: string, what: string): number {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!isId(id)) throw startFailed(`the id of ${what} is not between 0 and ${mostId}`)
  return id
}

function isId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= mostId
}

function parse(text: string): Row[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd().split(':'))
    .filter((row) => row.length >= 3 && row[0] !== '')
}

/** A file of an untrusted root, which may change meanwhile; its size is bounded. */
function readSmallFile(root: string, path: string): string {
  const text = openFileInRoot(root, path, (descriptor) => {
    const room = Buffer.alloc(mostBytes)
    return room.toString('utf8', 0, readSync(descriptor, room, 0, mostBytes, 0))
  })
  return text ?? ''
}
