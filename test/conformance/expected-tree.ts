/**
 * A tree that a case writes down, where Docker's own cannot be had: every entry of the image but the top directory, one
 * a line, as `PATH MODE UID:GID`, then ` -> TARGET` for a link or ` = TEXT` for a file of one line. A directory's path
 * ends with `/`.
 */
import type { Tree, TreeEntry } from './read-tree.ts'

export function differencesFromWritten(written: string, berth: Tree): string[] {
  const expected = written
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const found = Object.entries(berth)
    .filter(([path]) => path !== '/')
    .map(([path, entry]) => lineOf(path, entry))
  return [
    ...expected.filter((line) => !found.includes(line)).map((line) => `expected, and not there: ${line}`),
    ...found.filter((line) => !expected.includes(line)).map((line) => `there, and not expected: ${line}`),
  ]
}

function lineOf(path: string, entry: TreeEntry): string {
  const line = `${path}${entry.kind === 'directory' ? '/' : ''} ${entry.mode} ${entry.owner}`
  if (entry.target !== null) return `${line} -> ${entry.target}`
  return entry.content === null ? line : `${line} = ${entry.content.replace(/\n$/, '')}`
}
