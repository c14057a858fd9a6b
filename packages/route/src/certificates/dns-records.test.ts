import { describe, expect, test } from 'vitest'
import { dnsRecords } from './dns-records.ts'

const target = { name: 'berth.harbour.example', addresses: ['203.0.113.7', '2001:db8::7'] }
const said = (host: string, to: Parameters<typeof dnsRecords>[1] = target) =>
  dnsRecords(host, to).map(({ type, label, value }) => `${label} ${type} ${value}`)

describe('what leads a domain here', () => {
  test.each(['shop.example', 'shop.co.uk'])('is every address at the top of a zone: %s', (host) => {
    expect(said(host)).toEqual(['@ A 203.0.113.7', '@ AAAA 2001:db8::7'])
  })

  test.each([
    ['www.shop.example', 'www'],
    ['a.b.shop.example', 'a.b'],
    ['www.shop.co.uk', 'www'],
    ['*.shop.example', '*'],
    ['*.staging.shop.example', '*.staging'],
  ])('is an alias for a name below it, and for a wildcard: %s', (host, label) => {
    expect(said(host)).toEqual([`${label} CNAME berth.harbour.example`])
    expect(dnsRecords(host, target)[0].name).toBe(host)
  })

  test('is addresses where no name of the platform can be looked up', () => {
    expect(said('www.shop.example', { name: null, addresses: ['203.0.113.7'] })).toEqual([
      'www A 203.0.113.7',
    ])
  })
})
