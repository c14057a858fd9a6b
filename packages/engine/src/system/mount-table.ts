import { readFileSync } from 'node:fs'

/** Mount points of this namespace at or below a directory, the innermost first: the order in which to unmount them. */
export function mountsUnder(directory: string): string[] {
  return mountPoints()
    .filter((point) => point === directory || point.startsWith(`${directory}/`))
    .reverse()
}

/** In the order in which they were mounted. Source: proc(5), /proc/pid/mountinfo: the fifth field, octal escapes. */
function mountPoints(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_all, octal) => byte(octal)))
}

function byte(octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8))
}
