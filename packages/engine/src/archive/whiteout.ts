/**
 * How a layer's archive says that something below it is gone: `.wh.NAME` beside NAME's place; `.wh..wh..opq` in a
 * directory of which nothing below counts; other names with `.wh..wh.` are the business of the tool that made them.
 * Source: OCI image-spec, layer.md, "Whiteouts".
 */
export type Whiteout = { kind: 'deleted'; name: string } | { kind: 'opaque' } | { kind: 'ignored' }

const prefix = '.wh.'
const privatePrefix = '.wh..wh.'
const opaque = '.wh..wh..opq'

/** Null: a path like any other. */
export function whiteoutOf(parts: readonly string[]): Whiteout | null {
  if (parts.slice(0, -1).some((part) => part.startsWith(privatePrefix))) return { kind: 'ignored' }
  const name = parts.at(-1) ?? ''
  if (name === opaque) return { kind: 'opaque' }
  if (name.startsWith(privatePrefix)) return { kind: 'ignored' }
  if (!name.startsWith(prefix)) return null
  const deleted = name.slice(prefix.length)
  return ['', '.', '..'].includes(deleted) ? { kind: 'ignored' } : { kind: 'deleted', name: deleted }
}
