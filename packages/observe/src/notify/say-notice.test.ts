import { expect, test } from 'vitest'
import type { Notice } from '../notices.ts'
import { noticeKey, noticeKinds } from '../notices.ts'
import { sayNotice } from './say-notice.ts'

const app = { id: 'app-1', name: 'shop' as NonNullable<Notice['app']>['name'], teamId: 'team-1' }
const error = {
  code: 'X.Y',
  message: 'It broke.',
  hint: 'Mend it.',
  fault: 'user' as const,
  retryable: false,
}
const at = new Date('2026-11-22T10:00:00Z')
const places = {
  machine: 'apps.example',
  addressOf: (name: string) => `https://berth.apps.example/apps/${name}`,
}
const say = (notice: Notice) => sayNotice(notice, at, places)

const notices: readonly [Notice, string, boolean][] = [
  [
    { kind: 'deployment-succeeded', app, deploymentId: 'd', version: 12, durationMs: 1_200 },
    'shop: v12 is live',
    true,
  ],
  [
    { kind: 'deployment-failed', app, deploymentId: 'd', version: 12, error },
    'shop: v12 could not be deployed',
    false,
  ],
  [
    { kind: 'build-failed', app, buildId: 'b', commit: '0123456789', error },
    'shop: the build of 0123456 failed',
    false,
  ],
  [
    { kind: 'crash-loop', app, instance: 'web.1', exit: 'ended with 1', phase: 'begun' },
    'shop: web.1 crashes again and again',
    false,
  ],
  [
    { kind: 'crash-loop', app, instance: 'web.1', exit: null, phase: 'ended' },
    'shop: web.1 no longer crashes',
    true,
  ],
  [
    { kind: 'unhealthy', app, instance: 'web.1', reason: 'GET / answers 503', phase: 'begun' },
    'shop: web.1 is not healthy',
    false,
  ],
  [
    { kind: 'unhealthy', app, instance: 'web.1', reason: null, phase: 'ended' },
    'shop: web.1 is no longer unhealthy',
    true,
  ],
  [
    { kind: 'certificate-expiring', app, hosts: ['a.example', 'b.example'], expiresAt: at },
    'shop: the certificate of a.example and 1 more ends on 2026-11-22',
    false,
  ],
  [
    { kind: 'certificate-failed', app, hosts: ['a.example'], error },
    'shop: no certificate for a.example',
    false,
  ],
  [
    { kind: 'cron-failed', app, runId: 'r', schedule: '@daily', command: 'rake tidy', error },
    'shop: a scheduled command failed: rake tidy',
    false,
  ],
  [
    {
      kind: 'disk-filling',
      app: null,
      path: '/var/lib/berth',
      usedFraction: 0.874,
      freeBytes: 2 ** 30,
      phase: 'begun',
    },
    'apps.example: the disk of /var/lib/berth is 87 % full',
    false,
  ],
  [
    {
      kind: 'disk-filling',
      app: null,
      path: '/var/lib/berth',
      usedFraction: 0.5,
      freeBytes: 2 ** 30,
      phase: 'ended',
    },
    'apps.example: there is room on the disk again',
    true,
  ],
]

test.each(notices)('%o', (notice, title, isGood) => {
  const said = say(notice)
  expect(said).toMatchObject({ title, isGood, at: '2026-11-22T10:00:00.000Z' })
  expect(said.type).toMatch(/^[a-z-]+\.[a-z]+$/)
  expect(said.url).toBe(notice.app === null ? null : 'https://berth.apps.example/apps/shop')
})

test('every kind is said above', () => {
  expect(new Set(notices.map(([{ kind }]) => kind))).toEqual(new Set(noticeKinds))
})

test('a key tells one thing from another, and is the same for the beginning and the end', () => {
  const keys = notices.map(([notice]) => noticeKey(notice))
  expect(new Set(keys).size).toBe(noticeKinds.length)
})

test('an error is said with what to do next', () => {
  expect(say({ kind: 'deployment-failed', app, deploymentId: 'd', version: 1, error })).toMatchObject({
    lines: ['It broke.', 'Mend it.', 'What ran before still runs.'],
    fields: { app: 'shop', version: 1, error: 'X.Y' },
  })
})

test('what an app says is cleaned and cut', () => {
  const wild = {
    ...error,
    message: `\u001b]0;owned\u0007one\r\ntwo\n${'x'.repeat(3_000)}\n${'y\n'.repeat(50)}`,
  }
  const { lines } = say({ kind: 'build-failed', app, buildId: 'b', commit: null, error: wild })
  expect(lines.slice(0, 2)).toEqual(['one', 'two'])
  expect(lines.length).toBeLessThanOrEqual(12)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(501)
})
