/**
 * How a layer's archive says that something below it is gone: `.wh.NAME` beside NAME's place; `.wh..wh..opq` in a
 * directory of which nothing below counts; other names with `.wh..wh.` are the business of the tool that made them.
 * Source: OCI image-spec, layer.md, "Whiteouts".
 */
export type Whiteout = { kind: 'deleted'; name: string } | { kind: 'opaque' } | { kind: 'ignored' }

/** Names of files that a layer cannot hold: they would say something else. */
export const whiteoutPrefix = '.wh.'
const privatePrefix = '.wh..wh.'
const opaque = '.wh..wh..opq'

/** Null: a path like any other. */
export function whiteoutOf(parts: readonly string[]): Whiteout | null {
  if (parts.slice(0, -1).some((part) => part.startsWith(privatePrefix))) return { kind: 'ignored' }
  const name = parts.at(-1) ?? ''
  if (name === opaque) return { kind: 'opaque' }
  if (name.startsWith(privatePrefix)) return { kind: 'ignored' }
  if (!name.startsWith(whiteoutPrefix)) return null
  const deleted = name.slice(whiteoutPrefix.length)
  return ['', '.', '..'].includes(deleted) ? { kind: 'ignored' } : { kind: 'deleted', name: deleted }
}

/** The path of what says that this one is deleted. */
export function whiteoutPath(path: string): string {
  const slash = path.lastIndexOf('/') + 1
  return `${path.slice(0, slash)}${whiteoutPrefix}${path.slice(slash)}`
}

/** The path of what says that nothing below counts in this directory; '' is the root. */
export function opaquePath(directory: string): string {
  return directory === '' ? opaque : `${directory}/${opaque}`
}

/** Nobody's, and without a time: when it was deleted says nothing about the tree. */
export const deletion = {
  kind: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedSeconds: 0,
  sizeBytes: 0,
} as const
