import type { AuditBeginning } from '@berth/domain'
import { type FakeAuditLog, fakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addRefusal } from './audit-refusals.ts'

let audit: FakeAuditLog
beforeEach(() => {
  vi.useFakeTimers()
  audit = fakeAuditLog()
})
afterEach(() => vi.useRealTimers())

const eve = (more: Partial<AuditBeginning> = {}): AuditBeginning => ({
  ...{ personId: 'eve', who: 'Eve <eve@example.com>', by: null, action: 'apps.remove' },
  ...{ teamId: null, appId: null, object: '', door: 'dashboard', address: null, userAgent: null },
  ...more,
})
const refuse = (more: Partial<AuditBeginning> = {}, error = 'APP.NOT_FOUND') =>
  addRefusal(audit, eve(more), { outcome: 'refused', error })
const told = () => audit.entries.map(({ action, outcome, after }) => ({ action, outcome, after }))

test('the first refusal is written down at once, and those after it as one count', async () => {
  for (let call = 0; call < 500; call++) await refuse()
  expect(told()).toEqual([{ action: 'apps.remove', outcome: 'refused', after: null }])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told()).toEqual([
    { action: 'apps.remove', outcome: 'refused', after: null },
    { action: 'apps.remove', outcome: 'refused', after: { again: 499 } },
  ])
})

test('a single one leaves no count, and the next minute begins anew', async () => {
  await refuse()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told()).toHaveLength(1)
  await refuse()
  expect(told()).toHaveLength(2)
})

test('another person, action, token or reason has its own entry', async () => {
  await refuse()
  await refuse({ personId: 'mallory' })
  await refuse({ action: 'apps.rename' })
  await refuse({ by: 'token ci (berth_ab12)' })
  await refuse({}, 'API.BAD_INPUT')
  expect(told()).toHaveLength(5)
})
