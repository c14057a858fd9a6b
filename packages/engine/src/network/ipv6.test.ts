import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ipv6Bytes } from './ipv6.ts'
import { bridgeSubnet6, containerAddress6, openUniqueLocal } from './unique-local.ts'

test('an IPv6 address is sixteen bytes, however it is written', () => {
  const hex = (text: string) => ipv6Bytes(text).toString('hex')
  expect(hex('::')).toBe('0'.repeat(32))
  expect(hex('::1')).toBe(`${'0'.repeat(31)}1`)
  expect(hex('FE80::1')).toBe(`fe80${'0'.repeat(27)}1`)
  expect(hex('fd12:3456:789a:23f::2a')).toBe('fd123456789a023f000000000000002a')
  expect(hex('1:2:3:4:5:6:7:8')).toBe('00010002000300040005000600070008')
  expect(hex('::ffff:192.0.2.1')).toBe(`${'0'.repeat(20)}ffffc0000201`)
  expect(() => ipv6Bytes('fe80::1%eth0')).toThrow()
  expect(() => ipv6Bytes('192.0.2.1')).toThrow()
})

test('it says what the platform’s own reading says', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const words = ipv6Bytes(text).toString('hex').match(/.{4}/g)?.join(':')
      expect(new URL(`http://[${words}]`).hostname).toBe(new URL(`http://[${text}]`).hostname)
    }),
  )
})

test('a container has the number of its IPv4 address in its group’s /64, written as the kernel writes it', () => {
  const given = { subnet: '10.64.4.0/22', address: '10.64.5.3' }
  expect(containerAddress6(bridgeSubnet6('fd12:3456:789a', 0x23f), given)).toBe('fd12:3456:789a:23f::103')
  expect(containerAddress6(bridgeSubnet6('fd12:3456:789a', 0), given)).toBe('fd12:3456:789a::103')
})

test('what addresses begin with is random, unique local, and kept; what cannot be read is made anew', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-prefix-'))
  try {
    const made = await Promise.all(['a', 'b', 'c'].map((name) => openUniqueLocal(join(directory, name))))
    expect(new Set(made).size).toBe(3)
    for (const prefix of made) expect(ipv6Bytes(`${prefix}::`)[0]).toBe(0xfd)
    expect(await openUniqueLocal(join(directory, 'a'))).toBe(made[0])
    await writeFile(join(directory, 'a'), '{"prefix":"2001:db8:1"}')
    expect(await openUniqueLocal(join(directory, 'a'))).toMatch(/^fd[0-9a-f]{2}:/)
  } finally {
    await rm(directory, { recursive: true })
  }
})
