import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'

/** What stood beside its record when its writer was killed: nobody takes this long for a small file. */
const longestWriteMs = 60 * 60 * 1000

const recordFolders = [
  ...['images', 'image-originals', 'layer-blobs', 'layer-digests', 'layer-records', 'names', 'pins'],
]

/**
 * Removes what a killed process left half done and nobody believes: records that were written and not yet renamed, and
 * records of layers that never appeared, or were removed up to there. The exclusive lock is held, so nobody seals.
 */
export async function clearHalfMade(home: string): Promise<void> {
  for (const folder of recordFolders) {
    for (const name of await namesIn(`${home}/${folder}`)) {
      const path = `${home}/${folder}/${name}`
      if (name.endsWith('.new') && (await isOld(path))) await rm(path, { force: true })
    }
  }
  for (const name of await namesIn(`${home}/layer-records`)) {
    const isOrphan = name.endsWith('.json') && !existsSync(`${home}/layers/${name.slice(0, -'.json'.length)}`)
    if (isOrphan) await rm(`${home}/layer-records/${name}`, { force: true })
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > longestWriteMs
}
