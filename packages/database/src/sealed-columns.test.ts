import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sealedColumns } from './sealed-columns.ts'

const schema = readFileSync(new URL('../../../prisma/schema.prisma', import.meta.url), 'utf8')

/** Every `sealed… Bytes` of every model, and the lines of each model. */
const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, table = '', text = '']) => ({
  table,
  fields: text.split('\n').flatMap((line) => line.trim().match(/^\w+(?= )/)?.[0] ?? []),
  sealed: text.split('\n').flatMap((line) => line.trim().match(/^(sealed\w*) +Bytes/)?.[1] ?? []),
}))

test('what the schema keeps sealed is sealed anew when the key is turned', () => {
  const kept = models.flatMap(({ table, sealed }) => sealed.map((column) => `${table}.${column}`))
  expect(kept).toContain('Release.sealed')
  expect(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(kept.sort())
})

test.each(sealedColumns)('the columns that $table.$column leans on are there', ({ table, ...named }) => {
  const fields = models.find((model) => model.table === table)?.fields
  expect(fields).toEqual(expect.arrayContaining(Object.values(named).filter((word) => word !== null)))
})
