import { readFileSync } from 'node:fs'

/** Mount points of this namespace at or below a directory, the innermost first: the order in which to unmount them. */
export function mountsUnder(directory: string): string[] {
  return mountPoints()
    .filter((point) => point === directory || point.startsWith(`${directory}/`))
    .reverse()
}

export type MountedFileSystem = { type: string; source: string }

/** What is mounted where a path lies, which is absolute and leads through no link. */
export function mountOf(path: string): MountedFileSystem {
  const inside = mounts().filter(
    ({ point }) => point === '/' || path === point || path.startsWith(`${point}/`),
  )
  const longest = Math.max(...inside.map(({ point }) => point.length))
  // Of several on one point, the last is on top.
  const { type, source } = inside.findLast(({ point }) => point.length === longest) ?? {
    type: '',
    source: '',
  }
  return { type, source }
}

/** In the order in which they were mounted. */
function mountPoints(): string[] {
  return mounts().map(({ point }) => point)
}

/** Source: proc(5), /proc/pid/mountinfo: the fifth field, and those after the lone dash; octal escapes. */
function mounts(): (MountedFileSystem & { point: string })[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const words = line.split(' ')
      const [type = '', source = ''] = words.slice(words.indexOf('-', 6) + 1)
      return { point: plain(words[4] ?? ''), type, source: plain(source) }
    })
}

function plain(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_all, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
}
