import { randomBytes } from 'node:crypto'
import { containerError } from './errors.ts'

/** 96 random bits; short, because a path of a socket that holds it may have 107 bytes. */
export function newContainerId(): string {
  return randomBytes(12).toString('hex')
}

/** @throws CONTAINER.INVALID */
export function assertContainerName(name: string): void {
  if (name.length > 200 || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw containerError['CONTAINER.INVALID']({ what: 'container name', given: name })
  }
}
