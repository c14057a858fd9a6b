import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { processWords } from '../container/process-words.ts'
import { signalNumber, signalOfExitCode } from '../container/signals.ts'
import { lineSplitter } from './line-splitter.ts'
import { ociSpec, type Sandboxed } from './oci-spec.ts'
import { resolveUser } from './resolve-user.ts'
import { ociResources } from './resources.ts'

const megabyte = 1024 * 1024
const host = {
  cgroupVersion: 1 as const,
  swapAccounting: true,
  openFiles: 20_000,
  oomScore: 0,
  blockIo: { rates: true, weight: true },
}
const seccomp = { defaultAction: 'SCMP_ACT_ERRNO', architectures: [], syscalls: [] }
const sandboxed: Sandboxed = {
  root: '/root-of-it',
  range: { start: 2_000_000_000, size: 65_536 },
  argv: ['node', 'server.ts'],
  env: { PORT: '5000' },
  workingDirectory: '/app',
  user: { uid: 1000, gid: 1000, groups: [2000], home: '/home/app' },
  hostname: 'web.1',
  limits: { memoryBytes: 512 * megabyte, cpuWeight: 100, cpus: 0.5, pids: 256 },
  mounts: [{ kind: 'bind', source: '/made/hosts', target: '/etc/hosts' }],
  ipv6: 'on',
  cgroupPath: '/berth-x/c1',
  oomScore: 200,
}

describe('the specification of a container', () => {
  const spec = ociSpec(sandboxed, host, seccomp)

  test('maps root to the range and gives it every namespace of its own', () => {
    expect(spec.linux.uidMappings).toEqual([{ containerID: 0, hostID: 2_000_000_000, size: 65_536 }])
    expect(spec.linux.gidMappings).toEqual(spec.linux.uidMappings)
    expect(spec.linux.namespaces.map(({ type }) => type).toSorted()).toEqual(
      ['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'].toSorted(),
    )
  })

  test('gives another user than root no capability to begin with', () => {
    expect(spec.process.capabilities.effective).toEqual([])
    const root = ociSpec({ ...sandboxed, user: { uid: 0, gid: 0, groups: [], home: '/root' } }, host, seccomp)
    expect(root.process.capabilities.effective).toContain('CAP_CHOWN')
    for (const name of ['CAP_SYS_ADMIN', 'CAP_NET_RAW', 'CAP_MKNOD', 'CAP_SYS_PTRACE', 'CAP_NET_ADMIN']) {
      expect(root.process.capabilities.bounding).not.toContain(name)
    }
  })

  test('listens to no router, and sets nothing of IPv6 that the kernel does not have', () => {
    const settings = (ipv6: Sandboxed['ipv6']) =>
      Object.entries(ociSpec({ ...sandboxed, ipv6 }, host, seccomp).linux.sysctl).filter(([name]) =>
        name.startsWith('net.ipv6.'),
      )
    expect(settings('on')).toContainEqual(['net.ipv6.conf.default.accept_ra', '0'])
    expect(settings('off')).toEqual([
      ['net.ipv6.conf.all.disable_ipv6', '1'],
      ['net.ipv6.conf.default.disable_ipv6', '1'],
    ])
    expect(settings('missing')).toEqual([])
  })

  test('asks for nothing that needs CAP_SYS_RESOURCE', () => {
    for (const limit of spec.process.rlimits) {
      expect(limit.soft).toBeLessThanOrEqual(limit.hard)
      expect(limit.hard).toBeLessThanOrEqual(host.openFiles)
    }
    expect(spec.process.oomScoreAdj).toBe(200)
    const worse = ociSpec(sandboxed, { ...host, oomScore: 900 }, seccomp)
    expect(worse.process.oomScoreAdj).toBe(1000)
    expect(ociSpec(sandboxed, { ...host, oomScore: -500 }, seccomp).process.oomScoreAdj).toBe(200)
  })

  test('mounts what is handed in read-only, without devices', () => {
    const mount = spec.mounts.find(({ destination }) => destination === '/etc/hosts')
    expect(mount?.options).toEqual(expect.arrayContaining(['bind', 'ro', 'nosuid', 'nodev']))
    expect(spec.mounts.find(({ destination }) => destination === '/sys')?.options).toContain('ro')
  })
})

test('limits, as both kinds of cgroups want them', () => {
  expect(ociResources(sandboxed.limits, { cgroupVersion: 1, swapAccounting: true })).toEqual({
    devices: [{ allow: false, access: 'rwm' }],
    memory: { limit: 512 * megabyte, swap: 512 * megabyte },
    pids: { limit: 256 },
    cpu: { shares: 1024, quota: 50_000, period: 100_000 },
  })
  expect(ociResources(sandboxed.limits, { cgroupVersion: 2, swapAccounting: true })).toMatchObject({
    cpu: { quota: 50_000, period: 100_000 },
    unified: { 'cpu.weight': '100' },
  })
  const free = { memoryBytes: null, cpuWeight: 1, cpus: null, pids: 10 }
  expect(ociResources(free, { cgroupVersion: 1, swapAccounting: false })).toEqual({
    devices: [{ allow: false, access: 'rwm' }],
    pids: { limit: 10 },
    cpu: { shares: 10 },
  })
})

describe('a user is looked up', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'berth-users-'))
    await mkdir(`${root}/etc`)
    await writeFile(
      `${root}/etc/passwd`,
      'root:x:0:0:root:/root:/bin/sh\n# note\nweb:x:33:34::/srv/web:/bin/sh\nbig:x:99999:1::/:/bin/sh\n12:x:77:77::/twelve:\n',
    )
    await writeFile(`${root}/etc/group`, 'root:x:0:\nweb:x:34:\nlog:x:50:web,other\nbig:x:70000:web\n')
  })
  afterAll(() => rm(root, { recursive: true }))

  test.each([
    ['', { uid: 0, gid: 0, groups: [0], home: '/root' }],
    ['web', { uid: 33, gid: 34, groups: [34, 50], home: '/srv/web' }],
    ['33', { uid: 33, gid: 34, groups: [34, 50], home: '/srv/web' }],
    ['web:log', { uid: 33, gid: 50, groups: [50], home: '/srv/web' }],
    ['web:7', { uid: 33, gid: 7, groups: [7], home: '/srv/web' }],
    ['1234', { uid: 1234, gid: 0, groups: [0], home: '/' }],
    ['1234:5678', { uid: 1234, gid: 5678, groups: [5678], home: '/' }],
    ['12', { uid: 77, gid: 77, groups: [77], home: '/twelve' }],
  ])('%j', async (given, expected) => {
    expect(await resolveUser(root, given)).toEqual(expected)
  })

  test.each(['nobody', 'web:nogroup', 'big', '65536', '1:65536', '-1', '99999999999999'])(
    '%j is refused',
    async (given) => {
      await expect(resolveUser(root, given)).rejects.toMatchObject({ code: 'CONTAINER.START_FAILED' })
    },
  )

  test('only inside the image, and only so far', async () => {
    const trap = `${root}/trap`
    await mkdir(`${trap}/etc`, { recursive: true })
    await symlink(`${root}/etc/passwd`, `${trap}/etc/passwd`)
    await expect(resolveUser(trap, 'web')).rejects.toMatchObject({ code: 'CONTAINER.START_FAILED' })
    await writeFile(`${trap}/etc/group`, 'late:x:5:\n')
    await truncate(`${trap}/etc/group`, 2 ** 33)
    expect((await resolveUser(trap, '0:late')).gid).toBe(5)
  })
})

test('an entrypoint of one’s own drops the image’s command, a command alone does not drop the entrypoint', () => {
  const image = { entrypoint: ['/entry'], command: ['serve'] }
  expect(processWords({ entrypoint: null, command: null }, image)).toEqual(['/entry', 'serve'])
  expect(processWords({ entrypoint: null, command: ['work'] }, image)).toEqual(['/entry', 'work'])
  expect(processWords({ entrypoint: ['/other'], command: null }, image)).toEqual(['/other'])
  expect(processWords({ entrypoint: [], command: ['sh'] }, image)).toEqual(['sh'])
  expect(processWords({ entrypoint: null, command: null }, { entrypoint: null, command: null })).toEqual([])
})

test('signals have names and numbers', () => {
  expect(['SIGTERM', 'term', '15', 'SIGRTMIN+3'].map(signalNumber)).toEqual([15, 15, 15, 37])
  expect([137, 143, 134, 1, 255].map(signalOfExitCode)).toEqual(['SIGKILL', 'SIGTERM', 'SIGABRT', null, null])
  for (const bad of ['', 'SIGNOPE', '0', '99', '-9', 'SIGRTMIN+99']) {
    expect(() => signalNumber(bad), bad).toThrow(expect.objectContaining({ code: 'CONTAINER.INVALID' }))
  }
})

test('lines are cut where they end, characters are not cut, long lines come in pieces', () => {
  const lines: string[] = []
  const splitter = lineSplitter((line) => lines.push(line), 10)
  const word = Buffer.from('grüße\r\n')
  splitter.push(word.subarray(0, 3))
  splitter.push(word.subarray(3))
  splitter.push(Buffer.from(`${'x'.repeat(25)}\nrest`))
  splitter.end()
  expect(lines).toEqual(['grüße', 'x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5), 'rest'])
})
