import { lstatSync, readdirSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { getAttribute } from '../system/syscalls.ts'

/**
 * Which places layers speak of: those that may look different with and without them. Names are strings of bytes
 * (latin1). `all`: everything below counts too, because a layer hides or replaces what lies there.
 */
export type Touched = { all: boolean; below: Map<string, Touched> }

export function nothingTouched(): Touched {
  return { all: false, below: new Map() }
}

/** Adds what one layer speaks of. Links are not followed. */
export async function addTouched(touched: Touched, layerPath: string): Promise<void> {
  const ahead = [{ path: Buffer.from(layerPath), node: touched }]
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (getAttribute(next.path, 'trusted.overlay.opaque') !== null) next.node.all = true
    for (const name of readdirSync(next.path, { encoding: 'buffer' })) {
      const path = Buffer.concat([next.path, Buffer.from('/'), name])
      const node = childOf(next.node, name.toString('latin1'))
      if (lstatSync(path).isDirectory()) ahead.push({ path, node })
      // A file, or a deletion: a directory may have stood in its place.
      else node.all = true
    }
    await nextTurn()
  }
}

function childOf(node: Touched, name: string): Touched {
  const known = node.below.get(name)
  if (known !== undefined) return known
  const made = nothingTouched()
  node.below.set(name, made)
  return made
}
