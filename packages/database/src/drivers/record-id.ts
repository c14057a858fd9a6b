const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** PostgreSQL refuses other texts for a uuid column with an error; here they simply belong to no record. */
export function isRecordId(id: string): boolean {
  return uuid.test(id)
}
