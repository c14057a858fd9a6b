import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { makeTar } from '@berth/engine/archive/make-tar.ts'
import { expect } from 'vitest'
import { type Attack, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/** What ADD fetches, and from where. The server stands for any host of the machine's own network. */
let server: Server
let base = ''
let asked = 0
let answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
  response.end('x')

const add = (site: AttackSite, words: string, over: Parameters<AttackSite['build']>[1] = {}) =>
  site.build({ Dockerfile: `FROM small\nADD ${words} /fetched\nRUN cat /fetched\n` }, over)
const any = { remoteAddresses: 'any' } as const

/** Nothing of this machine is asked. */
const unasked = (name: string, words: () => string, codes: RegExp): Attack => ({
  name,
  async run(site) {
    asked = 0
    return [await site.codeOf(add(site, words())), asked]
  },
  expect: { contained: [expect.stringMatching(codes), 0] },
})
const refused = /^BUILD\.REMOTE_REFUSED$/
const never = /^BUILD\.(REMOTE_REFUSED|REMOTE_FAILED|SYNTAX|SOURCE_NOT_FOUND|UNSUPPORTED)$/

const places: Attack[] = [
  ...[
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0.0.0.0',
    '127.1',
  ].map((host) =>
    unasked(`this machine as ${host}`, () => `http://${host}:${new URL(base).port}/x`, refused),
  ),
  ...[
    '169.254.169.254',
    '10.0.0.1',
    '192.168.0.1',
    '172.16.0.1',
    '100.64.0.1',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
  ].map((host) => unasked(`the private address ${host}`, () => `http://${host}/latest/meta-data/`, refused)),
  unasked('a repository on this machine', () => `${base}/main.git`, refused),
  unasked(
    'a user before the at sign that looks like a host',
    () => `http://example.org@127.0.0.1:${new URL(base).port}/x`,
    refused,
  ),
]

const words: Attack[] = [
  unasked('a file by its address', () => 'file:///etc/passwd', never),
  unasked('git over a program of its own', () => 'ext::sh%20-c%20touch%20/tmp/planted.git', never),
  unasked('git over ssh with an option for a host', () => 'ssh://-oProxyCommand=touch%20x/x.git', never),
  unasked('git at a host that is an option', () => 'git@-oProxyCommand=x:x/y.git', never),
  unasked('a ref that is an option', () => `${base}/main.git#--upload-pack=touch`, never),
  unasked('a directory of a repository that climbs out', () => `${base}/main.git#main:../../../etc`, never),
]

const answers: Attack[] = [
  {
    name: 'a redirect to a file of the machine',
    run(site) {
      answer = (_request, response) =>
        response.writeHead(302, { location: `file://${site.canary.secretPath}` }).end()
      return add(site, `${base}/file`, any)
    },
    expect: { refused: 'BUILD.REMOTE_FAILED' },
  },
  {
    name: 'redirects without end',
    run(site) {
      answer = (_request, response) => response.writeHead(302, { location: `${base}/again` }).end()
      return add(site, `${base}/loop`, any)
    },
    expect: { refused: 'BUILD.REMOTE_FAILED' },
  },
  {
    name: 'a file that is another than its checksum',
    run(site) {
      answer = (_request, response) => response.end('tampered')
      return add(site, `--checksum=sha256:${'a'.repeat(64)} ${base}/sum`, any)
    },
    expect: { refused: 'BUILD.CHECKSUM_MISMATCH' },
  },
  {
    name: 'an answer without end',
    run(site) {
      answer = (_request, response) => {
        const more = () => {
          while (response.write(Buffer.alloc(65_536)));
        }
        response.on('drain', more).on('error', () => {})
        more()
      }
      const limits = { memoryBytes: 64e6, cpuWeight: 50, pids: 50, timeoutMs: 30_000, diskBytes: 5_000_000 }
      return add(site, `${base}/endless`, { ...any, limits })
    },
    expect: { refused: 'BUILD.OVER_DISK_LIMIT' },
  },
  {
    name: 'an answer that never comes',
    run(site) {
      answer = () => {}
      const limits = { memoryBytes: 64e6, cpuWeight: 50, pids: 50, timeoutMs: 1_500, diskBytes: 5_000_000 }
      return add(site, `${base}/silent`, { ...any, limits })
    },
    expect: { refused: 'BUILD.TIMED_OUT' },
  },
  {
    name: 'a bomb, unpacked',
    run(site) {
      answer = (_request, response) =>
        response.end(gzipSync(makeTar([{ path: 'zeros', content: Buffer.alloc(60_000_000) }]), { level: 1 }))
      const limits = { memoryBytes: 64e6, cpuWeight: 50, pids: 50, timeoutMs: 30_000, diskBytes: 5_000_000 }
      return add(site, `--unpack=true ${base}/bomb.tar.gz`, { ...any, limits })
    },
    expect: { refused: 'BUILD.OVER_DISK_LIMIT' },
  },
  {
    name: 'a name of the server’s that climbs out',
    async run(site) {
      answer = (_request, response) =>
        response
          .writeHead(200, {
            'content-disposition': `attachment; filename="../../../../..${site.canary.directory}/planted"`,
          })
          .end('x')
      const Dockerfile = `FROM small\nADD ${base}/..%2f..%2f..%2fplanted /to/\nRUN find / -xdev -name "*planted*" | grep -v ^/to/ | wc -l`
      return site.build({ Dockerfile }, any).then(
        ({ lines }) => lines.join(),
        (error: { code?: string }) => error.code,
      )
    },
    expect: { contained: expect.stringMatching(/^(0|BUILD\.[A-Z_]+)$/) },
  },
]

describeAttacks('a remote ADD', [...places, ...words, ...answers], {
  async prepare() {
    server = createServer((request, response) => {
      asked += 1
      answer(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
  async restore() {
    server.closeAllConnections()
    server.close()
  },
})
