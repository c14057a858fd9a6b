import { statfs } from 'node:fs/promises'
import { constants } from 'node:os'

/** Less is no room for a program's next write. */
const leastBytes = 1024 * 1024
const leastInodes = 16

/** For what fails in a program that says so only in its own words. Some file systems have no bound of inodes: 0 of 0. */
export async function isDiskFull(path: string): Promise<boolean> {
  const { bavail, bsize, files, ffree } = await statfs(path)
  return bavail * bsize < leastBytes || (files > 0 && ffree < leastInodes)
}

/** Node has no name for a quota that is used up: its own errors have the number alone (libuv 1.52). */
export function saysNoSpace(error: unknown): boolean {
  const { code, errno } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' || errno === -constants.errno.EDQUOT
}
