import { randomBytes } from 'node:crypto'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import type { z } from 'zod'

/**
 * Small JSON files that several processes read and write. A file appears by rename and is on the disk before it does,
 * so it is the old one or the new one, never half of one. One that cannot be parsed counts as absent, with a warning:
 * an older or newer Berth, or a broken disk, must not stop the engine.
 */
export async function readRecord<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  process.emitWarning(`${path} is not a record that this version knows; it is passed over.`, 'BerthStore')
  return undefined
}

export async function writeRecord(path: string, record: unknown): Promise<void> {
  const fresh = `${path}.${randomBytes(4).toString('hex')}.new`
  const file = await open(fresh, 'wx', 0o600)
  try {
    await file.writeFile(JSON.stringify(record))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
}

export async function removeRecord(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
