import { isBerthError } from '@berth/domain'

/** Null where there is no such record; other failures pass. */
export async function readRecord<Record>(read: () => Promise<Record>): Promise<Record | null> {
  try {
    return await read()
  } catch (error) {
    if (isBerthError(error, 'RECORD.NOT_FOUND')) return null
    throw error
  }
}
