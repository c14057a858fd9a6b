import type { JobView, MachineCertificateView } from '@berth/api'
import { expect, test } from 'vitest'
import { certificateMark, sayEnd } from './certificate-mark.ts'
import { jobMoment, sayAttempts } from './say-job.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const inDays = (days: number) => new Date(now + days * 86_400_000).toISOString()
const certificate = (
  state: MachineCertificateView['state'],
  days: number | null,
): MachineCertificateView => ({
  ...{ id: 'x', app: 'shop', source: 'acme', hosts: [], issuer: null, error: null, nextAt: null },
  ...{ state, expiresAt: days === null ? null : inDays(days) },
})

test.each([
  ['valid', 70, 'Valid'],
  ['renewing', 20, 'Valid'],
  ['valid', 6, 'Ends soon'],
  ['expired', -1, 'Expired'],
  ['failed', null, 'Not obtained'],
  ['ordering', null, 'On its way'],
] as const)('a certificate that is %s and ends in %s days is "%s"', (state, days, word) => {
  expect(certificateMark(certificate(state, days), now).word).toBe(word)
})

test.each([
  [70.5, 'in 70 days'],
  [1.2, 'tomorrow'],
  [0.2, 'today'],
  [-0.5, 'yesterday'],
  [-3.5, '4 days ago'],
])('%s days from now is said "%s"', (days, words) => {
  expect(sayEnd(inDays(days), now)).toBe(words)
})

const job = (change: Partial<JobView>): JobView => ({
  ...{ jobId: '1', name: 'deploy', state: 'waiting', app: null, deployment: null, error: null },
  ...{ attemptsMade: 0, attempts: 3, addedAt: 'added', startedAt: null, endedAt: null },
  ...change,
})

test('a job says which attempt it is at, and from when on it counts', () => {
  expect(sayAttempts(job({}))).toBeNull()
  expect(sayAttempts(job({ attemptsMade: 1 }))).toBe('attempt 2 of 3')
  expect(sayAttempts(job({ state: 'failed', attemptsMade: 1 }))).toBe('given up after 1 attempt')
  expect(jobMoment(job({ state: 'running', startedAt: 'started' }))).toBe('started')
  expect(jobMoment(job({ state: 'failed', startedAt: 'started', endedAt: 'ended' }))).toBe('ended')
})
