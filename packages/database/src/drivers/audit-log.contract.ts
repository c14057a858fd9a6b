import { randomUUID } from 'node:crypto'
import type { AuditBeginning } from '@berth/domain'
import type { AuditLog } from '@berth/observe'
import { beforeEach, describe, expect, test } from 'vitest'

/** What every driver of the audit log promises (packages/observe, audit/audit-log.ts). */
export function describeAuditLog(make: () => AuditLog): void {
  let log: AuditLog
  let teamId: string
  beforeEach(() => {
    log = make()
    teamId = randomUUID()
  })

  const entry = (more: Partial<AuditBeginning> = {}): AuditBeginning => ({
    ...{ personId: null, who: 'Ada <ada@example.com>', by: null, action: 'apps.create' },
    ...{ teamId, appId: null, object: 'team crew', door: 'api', address: '203.0.113.7', userAgent: 'curl/8' },
    ...more,
  })

  describe('the audit log', () => {
    test('an entry is begun, then ended once', async () => {
      const id = await log.begin(entry())
      expect(await log.list({ teamId, limit: 10 })).toEqual([
        { ...entry(), id, at: expect.any(Date), endedAt: null, ...untold, outcome: 'begun', error: null },
      ])
      const appId = randomUUID()
      await log.end(id, { outcome: 'done', after: { name: 'shop' }, appId, object: 'app shop' })
      await log.end(id, { outcome: 'failed', error: 'TOO.LATE' })
      expect(await log.list({ teamId, limit: 10 })).toMatchObject([
        {
          outcome: 'done',
          error: null,
          before: null,
          after: { name: 'shop' },
          appId,
          object: 'app shop',
          teamId,
        },
      ])
    })

    test('what has happened already is one entry', async () => {
      await log.add(entry(), {
        outcome: 'refused',
        error: 'API.NOT_ALLOWED',
        before: { password: 'hunter2' },
      })
      const [added] = await log.list({ teamId, limit: 10 })
      expect(added).toMatchObject({ outcome: 'refused', error: 'API.NOT_ALLOWED', endedAt: expect.any(Date) })
      expect(JSON.stringify(added)).not.toContain('hunter2')
    })

    test('it is filtered by person, app, action and time, and of one team alone', async () => {
      const [personId, appId] = [randomUUID(), randomUUID()]
      await log.begin(entry({ personId, action: 'apps.remove' }))
      await log.begin(entry({ appId, action: 'git push' }))
      await log.begin(entry({ teamId: randomUUID() }))
      const actions = async (query: object) =>
        (await log.list({ teamId, limit: 10, ...query })).map(({ action }) => action)
      expect(await actions({})).toHaveLength(2)
      expect(await actions({ personId })).toEqual(['apps.remove'])
      expect(await actions({ appId })).toEqual(['git push'])
      expect(await actions({ action: 'apps' })).toEqual(['apps.remove'])
      expect(await actions({ action: 'app' })).toEqual([])
      expect(await actions({ since: new Date(Date.now() + 60_000) })).toEqual([])
      expect(await actions({ until: new Date(Date.now() - 60_000) })).toEqual([])
      expect(await actions({ since: new Date(Date.now() - 60_000) })).toHaveLength(2)
      expect(await log.list({ teamId: "' OR 1=1 --", limit: 10 })).toEqual([])
    })

    test('it is read in pages, the newest first, without a gap or a double', async () => {
      const ids = await Promise.all(Array.from({ length: 25 }, () => log.begin(entry())))
      const seen: string[] = []
      for (let after: { at: Date; id: string } | undefined; ; ) {
        const page = await log.list({ teamId, limit: 10, after })
        seen.push(...page.map(({ id }) => id))
        after = page.at(-1)
        if (after === undefined) break
      }
      expect([...seen].sort()).toEqual([...ids].sort())
    })

    test('what is younger than 30 days is not forgotten, whoever asks', async () => {
      await log.begin(entry())
      expect(await log.forget(new Date(Date.now() + 60_000))).toBe(0)
      expect(await log.list({ teamId, limit: 10 })).toHaveLength(1)
    })
  })
}

const untold = { before: null, after: null }
