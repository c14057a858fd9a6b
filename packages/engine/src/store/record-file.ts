import { randomBytes } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import type { z } from 'zod'
import { writeWhole } from '../system/write-whole.ts'

/**
 * Small JSON files that several processes read and write. A file appears by rename, so a reader sees the old one or the
 * new one, never half of one. Nothing is forced to the disk here, because that would first write out everything that a
 * build has written; a file that a power failure cut is one that cannot be parsed. Such a file counts as absent, with a
 * warning: neither it nor one of another version of Berth may stop the engine.
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
  await writeWhole(path, JSON.stringify(record), { fresh, point: 'record written beside' })
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
