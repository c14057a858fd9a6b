import { lstat } from 'node:fs/promises'
import { resolveInRoot } from '../system/resolve-in-root.ts'

/** Where the loaders of 32-bit programs lie on x86 and ARM, with glibc and with musl: their ABIs fix these paths. */
const loaders = [
  '/lib/ld-linux.so.2',
  '/lib/ld-musl-i386.so.1',
  '/lib/ld-linux-armhf.so.3',
  '/lib/ld-musl-armhf.so.1',
]

/** Does a root hold programs of the machine's smaller sibling? One linked statically is not seen. */
export async function runs32Bit(root: string): Promise<boolean> {
  const found = await Promise.all(loaders.map((path) => isThere(root, path)))
  return found.includes(true)
}

async function isThere(root: string, path: string): Promise<boolean> {
  try {
    await lstat(await resolveInRoot(root, path))
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
