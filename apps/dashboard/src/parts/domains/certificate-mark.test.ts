import type { CertificateView } from '@berth/api'
import { describe, expect, test } from 'vitest'
import { certificateMark } from './certificate-mark.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const inDays = (days: number) => new Date(now + days * 86_400_000).toISOString()
const record = (more: Partial<CertificateView>): CertificateView => ({
  ...{ id: '1', source: 'acme', hosts: ['a.test'], state: 'valid', issuer: null, notBefore: null },
  ...{ expiresAt: null, error: null, nextAt: null, ...more },
})
const error = { code: 'CERTIFICATE.REFUSED', message: 'No.', hint: '' }
const said = (
  certificate: { source: 'acme' | 'own'; expiresAt: string } | null,
  certificates: CertificateView[] = [],
  { auto = true, available = true } = {},
) =>
  certificateMark({ host: 'a.test', certificate, isDefault: false }, { auto, available, certificates }, now)
    .word

describe('a domain’s certificate is told in words', () => {
  test('while it is valid, renewed, or could not be renewed', () => {
    const shown = { source: 'acme', expiresAt: inDays(40) } as const
    expect(said(shown, [record({})])).toBe('Certificate valid, ends in 40 days')
    expect(said(shown, [record({ state: 'renewing' })])).toBe('Certificate renewing, ends in 40 days')
    expect(said(shown, [record({ error })])).toBe('Renewal failed, ends in 40 days')
  })

  test('where it is one’s own, with a warning two weeks before its end', () => {
    expect(said({ source: 'own', expiresAt: inDays(40) })).toBe('Own certificate, ends in 40 days')
    expect(said({ source: 'own', expiresAt: inDays(9) })).toBe('Own certificate ends in 9 days')
  })

  test('where there is none: on its way, refused, or not wanted', () => {
    expect(said(null, [record({ state: 'ordering' })])).toBe('Certificate being obtained')
    expect(said(null, [record({ state: 'failed', error })])).toBe('No certificate yet')
    expect(said(null, [record({ state: 'expired' })])).toBe('Certificate expired')
    expect(said(null)).toBe('Certificate follows once it leads here')
    expect(said(null, [], { auto: false })).toBe('No certificate')
    expect(said(null, [record({ hosts: ['b.test'], state: 'ordering' })], { available: false })).toBe(
      'No certificate',
    )
  })
})
