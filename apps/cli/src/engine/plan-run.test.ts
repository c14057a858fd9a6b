import { expect, test } from 'vitest'
import { parseMount, parseTmpfs, parseVolume } from './parse-mounts.ts'
import { parsePorts } from './parse-ports.ts'
import { planRun, type RunFlags } from './plan-run.ts'
import { parseSize } from './sizes.ts'

const none: RunFlags = {
  ...{ env: [], envFile: [], volume: [], mount: [], tmpfs: [], publish: [], label: [], link: [], ulimit: [] },
  ...{ deviceReadBps: [], deviceWriteBps: [], deviceReadIops: [], deviceWriteIops: [], storageOpt: [] },
  group: 'default',
}
const around = {
  env: { HOME: '/root' },
  readFile: () => '# comment\n\nA=1\nHOME\n  B = two \n',
  newName: (image: string) => `${image}-1`,
  logDirectory: '/logs',
}
const planned = (flags: Partial<RunFlags> = {}, command: string[] = []) =>
  planRun('app', command, { ...none, ...flags }, around)

test('without flags the image decides', () => {
  expect(planned()).toEqual({
    mounts: [],
    spec: {
      ...{
        name: 'app-1',
        group: 'default',
        labels: {},
        image: 'app',
        entrypoint: null,
        command: null,
        env: {},
      },
      ...{
        user: null,
        workingDirectory: null,
        hostname: null,
        network: 'bridge',
        init: false,
        terminal: false,
      },
      ...{
        openInput: false,
        readOnlyRoot: false,
        imageVolumes: 'anonymous',
        ports: [],
        links: [],
        restart: { when: 'no', mostRestarts: 0 },
      },
      limits: { memoryBytes: null, cpuWeight: 100, cpus: null, pids: 4096 },
      log: { directory: '/logs', maxBytes: 10_485_760, maxFiles: 3 },
    },
  })
})

test.each<[Partial<RunFlags>, string[], object]>([
  [{}, ['echo', 'x'], { command: ['echo', 'x'], entrypoint: null }],
  [{ entrypoint: 'sh' }, [], { command: [], entrypoint: ['sh'] }],
  [{ entrypoint: '' }, ['echo'], { command: ['echo'], entrypoint: [] }],
  [{ env: ['A=b=c', 'HOME', 'NOBODY', 'E='] }, [], { env: { A: 'b=c', HOME: '/root', E: '' } }],
  [{ envFile: ['f'], env: ['A=2'] }, [], { env: { A: '2', HOME: '/root', 'B ': ' two ' } }],
  [{ label: ['a=b', 'c'] }, [], { labels: { a: 'b', c: '' } }],
  [
    { link: ['db', 'cache:redis'] },
    [],
    {
      links: [
        { container: 'db', alias: 'db' },
        { container: 'cache', alias: 'redis' },
      ],
    },
  ],
  [{ restart: 'on-failure:3' }, [], { restart: { when: 'on-failure', mostRestarts: 3 } }],
  [{ restart: 'unless-stopped' }, [], { restart: { when: 'unless-stopped', mostRestarts: 0 } }],
  [
    { tty: true, interactive: true, readOnly: true, init: true },
    [],
    { terminal: true, openInput: true, readOnlyRoot: true, init: true },
  ],
  [
    { memory: '512m', cpus: '1.5', cpuShares: '512', pidsLimit: '10' },
    [],
    { limits: { memoryBytes: 536_870_912, cpus: 1.5, cpuWeight: 50, pids: 10 } },
  ],
  [
    { memory: '512m', memorySwap: '1g' },
    [],
    { limits: expect.objectContaining({ memoryAndSwapBytes: 1024 ** 3 }) },
  ],
  [{ ulimit: ['nofile=100:200'] }, [], { limits: expect.objectContaining({ openFiles: 100 }) }],
  [{ storageOpt: ['size=1g'] }, [], { limits: expect.objectContaining({ writableBytes: 1024 ** 3 }) }],
  [{ storageOpt: ['files=500'] }, [], { limits: expect.objectContaining({ writableFiles: 500 }) }],
  [
    { deviceReadBps: ['/dev/sda:1m'], blkioWeight: '300' },
    [],
    {
      limits: expect.objectContaining({
        blockIo: { weight: 300, readBytesPerSecond: { '/dev/sda': 1_048_576 } },
      }),
    },
  ],
])('%j with the command %j', (flags, command, expected) => {
  expect(planned(flags, command).spec).toMatchObject(expected)
})

test.each<Partial<RunFlags>>([
  { env: ['=x'] },
  { cpus: 'many' },
  { cpus: '0' },
  { memory: 'much' },
  { restart: 'sometimes' },
  { restart: 'always:3' },
  { network: 'host' },
  { ulimit: ['nproc=3'] },
  { publish: ['80:90:100:110'] },
  { volume: ['a:b'] },
])('%j is refused', (flags) => {
  expect(() => planned(flags)).toThrow(expect.objectContaining({ code: 'CLI.BAD_INPUT' }))
})

test.each([
  ['80', [['tcp', null, 0, 80]]],
  ['8080:80', [['tcp', null, 8080, 80]]],
  ['53:53/udp', [['udp', null, 53, 53]]],
  ['127.0.0.1:8080:80', [['tcp', '127.0.0.1', 8080, 80]]],
  ['127.0.0.1::80', [['tcp', '127.0.0.1', 0, 80]]],
  ['[::1]:8080:80', [['tcp', '::1', 8080, 80]]],
  [
    '8000-8001:9000-9001',
    [
      ['tcp', null, 8000, 9000],
      ['tcp', null, 8001, 9001],
    ],
  ],
])('the port %s', (text, expected) => {
  const found = parsePorts(text).map((port) => [
    port.protocol,
    port.hostAddress,
    port.hostPort,
    port.containerPort,
  ])
  expect(found).toEqual(expected)
})

test.each(['', '0', '70000', 'x', '80:', '80-79', '1-2:1-3', 'host:80:80', '80/icmp', '1.2.3:80:80'])(
  '%j is no port',
  (text) => {
    expect(() => parsePorts(text)).toThrow(expect.objectContaining({ code: 'CLI.BAD_INPUT' }))
  },
)

test.each([
  ['/data', { kind: 'anonymous', target: '/data' }],
  ['pg:/data', { kind: 'volume', volume: 'pg', target: '/data', readOnly: false }],
  ['/srv:/data:ro', { kind: 'bind', source: '/srv', target: '/data', readOnly: true }],
])('the volume %s', (text, expected) => {
  expect(parseVolume(text)).toEqual(expected)
})

test.each([
  [
    'type=bind,source=/srv,target=/data,readonly',
    { kind: 'bind', source: '/srv', target: '/data', readOnly: true },
  ],
  ['src=pg,dst=/data', { kind: 'volume', volume: 'pg', target: '/data', readOnly: false }],
  ['type=volume,target=/data', { kind: 'anonymous', target: '/data' }],
  [
    'type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=700',
    { kind: 'tmpfs', target: '/t', sizeBytes: 1_048_576, mode: 0o700 },
  ],
])('the mount %s', (text, expected) => {
  expect(parseMount(text)).toEqual(expected)
})

test.each(['type=npipe,target=/x', 'type=bind,source=x,target=/y', 'target=x', ''])(
  '%j is no mount',
  (text) => {
    expect(() => parseMount(text)).toThrow(expect.objectContaining({ code: 'CLI.BAD_INPUT' }))
  },
)

test('a tmpfs is as large as memory allows, unless it says so', () => {
  expect(parseTmpfs('/t')).toEqual({ kind: 'tmpfs', target: '/t', sizeBytes: null, mode: 0o1777 })
  expect(parseTmpfs('/t:size=64k,mode=755')).toEqual({
    kind: 'tmpfs',
    target: '/t',
    sizeBytes: 65_536,
    mode: 0o755,
  })
})

test.each([
  ['0', 0],
  ['10', 10],
  ['10b', 10],
  ['1.5k', 1536],
  ['2M', 2_097_152],
  ['1gb', 1024 ** 3],
  ['1GiB', 1024 ** 3],
])('the size %s is %i bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})
