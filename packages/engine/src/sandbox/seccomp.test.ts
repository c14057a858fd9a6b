import { expect, test } from 'vitest'
import { readSeccompProfiles, readSeccompRules, resolveSeccomp } from './seccomp.ts'

const profile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 38,
  archMap: [
    { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] },
    { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
  ],
  syscalls: [
    { names: ['read'], action: 'SCMP_ACT_ALLOW', args: [] },
    { names: ['chroot'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_CHROOT'] } },
    { names: ['chroot'], action: 'SCMP_ACT_ERRNO', errnoRet: 1, excludes: { caps: ['CAP_SYS_CHROOT'] } },
    { names: ['arm_only'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['arm64'] } },
    { names: ['newer'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '4.8' } },
    { names: ['newest'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '99.1' } },
  ],
}

test('conditions are decided for our containers, and what is left is plain', () => {
  const world = { capabilities: ['CAP_SYS_CHROOT'], architecture: 'x64', kernel: '6.1.0-21-amd64' }
  expect(resolveSeccomp(profile, world)).toEqual({
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
    syscalls: [
      { names: ['read'], action: 'SCMP_ACT_ALLOW' },
      { names: ['chroot'], action: 'SCMP_ACT_ALLOW' },
      { names: ['newer'], action: 'SCMP_ACT_ALLOW' },
    ],
  })
})

test('without the capability the other rule counts; the other architecture has its own', () => {
  const world = { capabilities: [], architecture: 'arm64', kernel: '5.10.0' }
  const { syscalls, architectures } = resolveSeccomp(profile, world)
  expect(syscalls.map(({ names, action }) => `${names} ${action}`)).toEqual([
    'read SCMP_ACT_ALLOW',
    'chroot SCMP_ACT_ERRNO',
    'arm_only SCMP_ACT_ALLOW',
    'newer SCMP_ACT_ALLOW',
  ])
  expect(architectures).toEqual(['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'])
})

test('the distribution’s profile resolves, without namespaces, mounts, keyrings and rings', () => {
  const { syscalls } = readSeccompRules()
  const allowed = new Set(
    syscalls.filter((rule) => rule.action === 'SCMP_ACT_ALLOW').flatMap((rule) => rule.names),
  )
  expect(allowed.has('read') && allowed.has('execve') && allowed.has('chroot')).toBe(true)
  for (const name of ['unshare', 'mount', 'setns', 'keyctl', 'io_uring_setup', 'clone3', 'bpf']) {
    expect(allowed.has(name), name).toBe(false)
  }
  expect(syscalls.find((rule) => rule.names.includes('clone'))?.args).toHaveLength(1)
})

test('there are rules with and without the machine’s 32-bit sibling, and none for x32', () => {
  const { native, with32Bit } = readSeccompProfiles()
  expect(native.architectures).toHaveLength(1)
  expect(with32Bit.architectures.length).toBeGreaterThan(1)
  expect(with32Bit.architectures).not.toContain('SCMP_ARCH_X32')
})

test('a machine without the file is told what to do', () => {
  expect(() => readSeccompRules('/nowhere/seccomp.json')).toThrow(
    expect.objectContaining({
      code: 'CONTAINER.HOST_UNFIT',
      hint: expect.stringContaining('npm run setup'),
    }),
  )
})
