import type { AuditEntry } from '@berth/domain'
import { expect, test } from 'vitest'
import { exportAudit } from './audit-export.ts'

const entry: AuditEntry = {
  ...{ id: '1', at: new Date(0), endedAt: null, personId: null, who: 'Ada <ada@example.com>', by: null },
  ...{ action: 'apps.create', teamId: 't', appId: null, object: 'app shop', door: 'api', address: '::1' },
  ...{ userAgent: 'curl/8', before: null, after: { name: 'a "b", c' }, outcome: 'done', error: null },
}

test('a line of JSON an entry', () => {
  const lines = exportAudit([entry, entry], { format: 'ndjson', head: true }).split('\n')
  expect(lines).toHaveLength(3)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    who: 'Ada <ada@example.com>',
    after: { name: 'a "b", c' },
  })
})

test('a table whose cells hold whatever they hold', () => {
  const [head, row, end] = exportAudit([entry], { format: 'csv', head: true }).split('\r\n')
  expect(head).toMatch(/^at,endedAt,who,by,action/)
  expect(row).toContain('"{""name"":""a \\""b\\"", c""}"')
  expect(end).toBe('')
  expect(exportAudit([entry], { format: 'csv', head: false })).not.toContain('endedAt')
})

test.each(['=HYPERLINK("http://evil")', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])(
  'what a spreadsheet would calculate is text: %j',
  (who) => {
    const row = exportAudit([{ ...entry, who }], { format: 'csv', head: false })
    expect(row).toContain(`,"'${who.replaceAll('"', '""')}",`)
  },
)
