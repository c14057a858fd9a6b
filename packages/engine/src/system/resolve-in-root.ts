import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { systemError } from './errors.ts'

/**
 * Where a path leads inside a tree that is not trusted, as a process would see it whose root is `root`: absolute links
 * begin again at `root`, `..` never leads above it. What is missing at the end stays as it is, so that it can be made.
 *
 * It promises that the result is `root` or below it, and that no part of it was a link when it was looked at. It does
 * not hold anything still: whoever else may write into the tree meanwhile can still put a link there, so callers
 * resolve in trees that only they write to.
 *
 * @throws FILE.TOO_MANY_LINKS beyond 40, which is Linux's limit; FILE.INVALID_PATH
 */
export async function resolveInRoot(root: string, path: string): Promise<string> {
  const walk = resolution(root, path)
  let step = walk.next()
  while (!step.done) step = walk.next(await look(step.value))
  return step.value
}

/** The same at once, for callers that make thousands of small files in a row. */
export function resolveInRootSync(root: string, path: string): string {
  const walk = resolution(root, path)
  let step = walk.next()
  while (!step.done) step = walk.next(lookSync(step.value))
  return step.value
}

/** The same over a tree that is not there as one: `find` says what is at a path below `root`. */
export function resolveInRootBy(root: string, path: string, find: (path: string) => Found): string {
  const walk = resolution(root, path)
  let step = walk.next()
  while (!step.done) step = walk.next(find(step.value))
  return step.value
}

/** A link's target; null for anything else that is there, undefined for nothing. */
export type Found = string | null | undefined

const maxLinks = 40
const maxPathBytes = 4096

function* resolution(root: string, path: string): Generator<string, string, Found> {
  if (path.includes('\0') || Buffer.byteLength(path) > maxPathBytes) {
    throw systemError['FILE.INVALID_PATH']({ path })
  }
  const ahead = path.split('/').reverse()
  const behind: string[] = []
  let links = 0
  while (ahead.length > 0) {
    const part = ahead.pop() as string
    if (part === '' || part === '.') continue
    if (part === '..') {
      behind.pop()
      continue
    }
    const target = yield join(root, ...behind, part)
    if (typeof target !== 'string') {
      behind.push(part)
      continue
    }
    links += 1
    if (links > maxLinks) throw systemError['FILE.TOO_MANY_LINKS']({ path })
    if (isAbsolute(target)) behind.length = 0
    ahead.push(...target.split('/').reverse())
  }
  return join(root, ...behind)
}

async function look(path: string): Promise<Found> {
  try {
    return linkTarget(await lstat(path)) ? await readlink(path) : null
  } catch (error) {
    return missing(error)
  }
}

function lookSync(path: string): Found {
  try {
    return linkTarget(lstatSync(path)) ? readlinkSync(path) : null
  } catch (error) {
    return missing(error)
  }
}

function linkTarget(stats: Stats): boolean {
  return stats.isSymbolicLink()
}

function missing(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  if (code === 'ENAMETOOLONG')
    throw systemError['FILE.INVALID_PATH']({ path: (error as NodeJS.ErrnoException).path ?? '' })
  throw error
}
