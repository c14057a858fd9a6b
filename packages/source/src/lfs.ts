import type { SourceTree, TreeEntry } from '@berth/domain'
import { sourceError } from './errors.ts'

/**
 * Git LFS keeps a pointer in the place of a file (its specification: docs/spec.md): `version …`, `oid sha256:…`,
 * `size …`, together 126 to 145 bytes without extensions and under 1,024 with them. To find one, only files of such a
 * size are read: those of the plain length, and the longer ones where a .gitattributes names the filter.
 */

const pointerStart = Buffer.from('version https://git-lfs.github.com/spec/v1\n')
const plainPointerBytes = { min: 120, max: 150 }
const pointerBytes = { min: 120, max: 1_023 }
const attributesBytes = { min: 1, max: 1024 * 1024 }

/** @throws SOURCE.LFS_POINTER */
export async function refusePointers(tree: SourceTree, entries: readonly TreeEntry[]): Promise<void> {
  const files = entries.filter((entry) => entry.kind === 'file')
  const plain = files.filter((entry) => hasSize(entry, plainPointerBytes))
  const attributes = files.filter((entry) => isAttributes(entry) && hasSize(entry, attributesBytes))
  let usesLfs = false
  for await (const { entry, content } of tree.read([...attributes, ...plain])) {
    if (isAttributes(entry)) usesLfs ||= /\bfilter=lfs\b/.test(Buffer.from(content).toString('latin1'))
    else refusePointer(entry, content)
  }
  if (!usesLfs) return
  const long = files.filter((entry) => hasSize(entry, pointerBytes) && !hasSize(entry, plainPointerBytes))
  for await (const { entry, content } of tree.read(long)) refusePointer(entry, content)
}

function refusePointer(entry: TreeEntry, content: Uint8Array): void {
  const isPointer = pointerStart.equals(content.subarray(0, pointerStart.length))
  if (isPointer) throw sourceError['SOURCE.LFS_POINTER']({ path: entry.path })
}

function isAttributes(entry: TreeEntry): boolean {
  return entry.path === '.gitattributes' || entry.path.endsWith('/.gitattributes')
}

function hasSize(entry: TreeEntry, bytes: { min: number; max: number }): boolean {
  return entry.sizeBytes >= bytes.min && entry.sizeBytes <= bytes.max
}
