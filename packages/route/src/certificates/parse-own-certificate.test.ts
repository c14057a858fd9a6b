import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCertificate } from './parse-own-certificate.ts'

let directory: string
let root: Made
let middle: Made
let leaf: Made

beforeAll(async () => {
  directory = await mkdtemp('/tmp/berth-certificates-')
  root = await make('root', { ca: true })
  middle = await make('middle', { ca: true, by: root })
  leaf = await make('leaf', { by: middle, hosts: ['a.test', '*.a.test'] })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

type Made = { name: string; certificate: string; key: string }
type Asked = { ca?: boolean; by?: Made; hosts?: string[]; kind?: string[]; days?: string; words?: string[] }

/** Made by openssl, as a company's authority makes them. */
async function make(name: string, { ca = false, by, hosts = [], ...asked }: Asked): Promise<Made> {
  const at = (file: string) => `${directory}/${name}.${file}`
  const openssl = (...words: string[]) => localRunner.run(command('openssl', ...words))
  const kind = asked.kind ?? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  const files = ['-nodes', '-keyout', at('key'), '-subj', `/CN=${name}`]
  const extensions = [
    ...(ca ? ['basicConstraints=critical,CA:TRUE'] : ['basicConstraints=CA:FALSE']),
    ...(hosts.length > 0 ? [`subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`] : []),
  ]
  await openssl('req', ...kind, ...files, '-out', at('csr'))
  await localRunner.run(command('tee', at('ext')), { input: `${extensions.join('\n')}\n` })
  const signer = by
    ? ['-CA', `${directory}/${by.name}.pem`, '-CAkey', `${directory}/${by.name}.key`, '-CAcreateserial']
    : ['-signkey', at('key')]
  const words = ['-extfile', at('ext'), '-days', asked.days ?? '30', ...(asked.words ?? [])]
  await openssl('x509', '-req', '-in', at('csr'), '-out', at('pem'), ...signer, ...words)
  return { name, certificate: await readFile(at('pem'), 'utf8'), key: await readFile(at('key'), 'utf8') }
}

const parse = (certificate: string, key: string) => parseCertificate({ certificate, key })
const refused = (certificate: string, key: string) => {
  try {
    parse(certificate, key)
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`
  }
  return 'taken'
}

describe('a certificate', () => {
  test('is taken with its chain, in whichever order that stands, and comes back in PEM without anything else', () => {
    const shuffled = `Bag Attributes\n${leaf.certificate}\r\n\r\n${root.certificate}# the middle\n${middle.certificate}`
    const { chain, key, notAfter } = parse(shuffled, `junk\n${leaf.key}`)
    const clean = (one: Made) => one.certificate.trim()
    expect(chain).toBe(`${clean(leaf)}\n${clean(middle)}\n${clean(root)}\n`)
    expect(key.reveal()).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]*-----END PRIVATE KEY-----\n$/)
    expect(notAfter.getTime()).toBeGreaterThan(Date.now() + 29 * 24 * 60 * 60_000)
  })

  test('is taken without a chain, and with an RSA key', async () => {
    expect(parse(leaf.certificate, leaf.key).chain).toContain('BEGIN CERTIFICATE')
    const rsa = await make('rsa', { kind: ['-newkey', 'rsa:2048'], hosts: ['a.test'] })
    expect(parse(rsa.certificate, rsa.key).chain).toContain('BEGIN CERTIFICATE')
  })

  test('is refused with what is wrong with it', async () => {
    const old = await make('old', { hosts: ['a.test'], days: '-1' })
    const short = await make('short', { kind: ['-newkey', 'rsa:1024'], hosts: ['a.test'] })
    const strange = await make('strange', { kind: ['-newkey', 'ed25519'], hosts: ['a.test'] })
    const nameless = await make('nameless', {})
    const wrong: [string, string, string][] = [
      ['', leaf.key, 'it is not in PEM'],
      ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', leaf.key, 'it cannot be read'],
      [leaf.certificate, '', 'its private key is not in PEM'],
      [
        leaf.certificate,
        '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
        'its private key cannot be read',
      ],
      [leaf.certificate, '-----BEGIN ENCRYPTED PRIVATE KEY-----', 'has a pass phrase'],
      [leaf.certificate, root.key, 'another one’s'],
      [leaf.certificate + root.certificate, leaf.key, 'certificates that have not signed it'],
      [`${leaf.certificate}${leaf.certificate}`, leaf.key, 'certificates that have not signed it'],
      [leaf.certificate.repeat(11), leaf.key, 'more than 10 certificates'],
      [old.certificate, old.key, 'it expired on'],
      [short.certificate, short.key, 'neither RSA of at least 2048 bits'],
      [strange.certificate, strange.key, 'neither RSA'],
      [nameless.certificate, nameless.key, 'for no host name'],
    ]
    for (const [certificate, key, says] of wrong) {
      expect(refused(certificate, key), says).toContain('CERTIFICATE.UNUSABLE')
      expect(refused(certificate, key)).toContain(says)
    }
  })

  test('whose key is refused is told of without the key', async () => {
    const line = /\n(\S{20})/.exec(root.key)?.[1] ?? 'none'
    expect(refused(leaf.certificate, root.key)).not.toContain(line)
  })
})
