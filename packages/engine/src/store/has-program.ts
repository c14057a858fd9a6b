import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { isBerthError } from '@berth/domain'
import type { Image } from '../engine.ts'
import type { FileSystems } from '../filesystem.ts'
import { resolveInRootSync } from '../system/resolve-in-root.ts'
import { defaultPath } from './image-config.ts'
import { withRoot } from './with-root.ts'

/** An honest PATH has ten. */
const mostDirectories = 200

/**
 * Whether the image has a program of this name on its PATH (its own PATH, else the usual one) that may be executed.
 * Looked up in its layers as a container would see them; its links lead nowhere outside. Runs nothing.
 */
export async function hasProgram(fileSystems: FileSystems, image: Image, name: string): Promise<boolean> {
  if (name === '' || name.includes('/')) return false
  const { env, workingDirectory } = image.config
  const directories = (env.PATH ?? defaultPath).split(':').slice(0, mostDirectories)
  const places = directories.map((directory) => resolve('/', workingDirectory, directory, name))
  return withRoot(fileSystems, image.layers, (root) => places.some((place) => isExecutable(root, place)))
}

function isExecutable(root: string, place: string): boolean {
  try {
    const stats = lstatSync(resolveInRootSync(root, place), { throwIfNoEntry: false })
    return stats?.isFile() === true && (stats.mode & 0o111) !== 0
  } catch (error) {
    // A link that leads to itself, or a path that is none: nothing there that could be executed.
    if (isBerthError(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return false
    throw error
  }
}
