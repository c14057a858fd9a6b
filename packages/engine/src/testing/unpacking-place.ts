import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach } from 'vitest'
import { type ExtractOptions, extractTree } from '../archive/extract-tree.ts'
import { type TarPart, tarStream } from '../archive/make-tar.ts'

/** A place to unpack in, new for each test, and beside it what an archive must not reach. */
export type UnpackingPlace = {
  /** Empty at first. */
  directory: string
  outside: string
  extract(parts: readonly TarPart[], options?: ExtractOptions): ReturnType<typeof extractTree>
}

/** Called where a file of tests begins. */
export function unpackingPlace(): UnpackingPlace {
  let base = ''
  const place: UnpackingPlace = {
    directory: '',
    outside: '',
    extract: (parts, options = {}) => extractTree(tarStream(parts), place.directory, options),
  }
  beforeEach(async () => {
    base = await mkdtemp('/tmp/berth-extract-')
    place.directory = `${base}/tree`
    place.outside = `${base}/outside`
    await mkdir(place.directory)
    await mkdir(`${place.outside}/d`, { recursive: true })
    await writeFile(`${place.outside}/canary`, 'untouched', { mode: 0o640 })
    await writeFile(`${place.outside}/d/canary`, 'untouched', { mode: 0o640 })
  })
  afterEach(() => rm(base, { recursive: true, force: true }))
  return place
}
