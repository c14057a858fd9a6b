import { existsSync } from 'node:fs'
import { containerError } from '../container/errors.ts'

const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The whole path of a program of this machine, if there is one. */
export function lookForProgram(name: string): string | undefined {
  return directories.map((directory) => `${directory}/${name}`).find(existsSync)
}

/** @throws CONTAINER.HOST_UNFIT */
export function findProgram(name: string, lookFor = lookForProgram): string {
  const found = lookFor(name)
  if (found === undefined) throw containerError['CONTAINER.HOST_UNFIT']({ missing: name })
  return found
}
