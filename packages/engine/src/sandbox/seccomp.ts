import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { z } from 'zod'
import { containerError } from '../container/errors.ts'
import { defaultCapabilities } from './capabilities.ts'

/**
 * The distribution's default seccomp profile, resolved into the plain rules of the OCI runtime specification. The file
 * has conditions (capabilities, architectures, kernel) that runc does not know; here they are decided for our containers.
 * Source of the format: containers/common, pkg/seccomp/types.go and seccomp_linux.go (`setupSeccomp`).
 *
 * podman lets containers make user namespaces, for builds inside of containers; Docker does not, and most holes in the
 * kernel that lead out of a container begin there or in io_uring. We keep to Docker's side: see `tighten`.
 */
export const seccompProfilePath = '/usr/share/containers/seccomp.json'

const argument = z.object({
  index: z.number(),
  value: z.number(),
  valueTwo: z.number().optional(),
  op: z.string(),
})
const conditions = z
  .object({
    caps: z.array(z.string()).optional(),
    arches: z.array(z.string()).optional(),
    minKernel: z.string().optional(),
  })
  .optional()
const profileFile = z.object({
  defaultAction: z.string(),
  defaultErrnoRet: z.number().optional(),
  archMap: z.array(z.object({ architecture: z.string(), subArchitectures: z.array(z.string()).nullish() })),
  syscalls: z.array(
    z.object({
      names: z.array(z.string()),
      action: z.string(),
      args: z.array(argument).nullish(),
      errnoRet: z.number().optional(),
      includes: conditions,
      excludes: conditions,
    }),
  ),
})

type ProfileFile = z.infer<typeof profileFile>
type Conditions = z.infer<typeof conditions>

export type SeccompRules = {
  defaultAction: string
  defaultErrnoRet?: number
  architectures: string[]
  syscalls: {
    names: string[]
    action: string
    errnoRet?: number
    args?: { index: number; value: number; valueTwo?: number; op: string }[]
  }[]
}

export type SeccompWorld = { capabilities: readonly string[]; architecture: string; kernel: string }

/**
 * Rules cost some ten milliseconds of a start for each architecture, so 32-bit programs are only let in where an image
 * has any (sandbox/thirty-two-bit.ts); elsewhere such a program is killed. x32 is let in nowhere.
 */
export type SeccompProfiles = { native: SeccompRules; with32Bit: SeccompRules }

export function readSeccompProfiles(path = seccompProfilePath): SeccompProfiles {
  const rules = readSeccompRules(path)
  const [own = '', ...others] = rules.architectures
  const families = others.filter((name) => name !== 'SCMP_ARCH_X32')
  return {
    native: { ...rules, architectures: own === '' ? [] : [own] },
    with32Bit: { ...rules, architectures: [own, ...families] },
  }
}

/** @throws CONTAINER.HOST_UNFIT where the distribution's file is missing or not what it should be */
export function readSeccompRules(path = seccompProfilePath): SeccompRules {
  const world = { capabilities: defaultCapabilities, architecture: process.arch, kernel: release() }
  try {
    return tighten(resolveSeccomp(profileFile.parse(JSON.parse(readFileSync(path, 'utf8'))), world))
  } catch (cause) {
    throw containerError['CONTAINER.HOST_UNFIT'](
      { missing: 'the seccomp rules of the package golang-github-containers-common' },
      { cause },
    )
  }
}

export function resolveSeccomp(profile: ProfileFile, world: SeccompWorld): SeccompRules {
  const { defaultAction, defaultErrnoRet, archMap, syscalls } = profile
  const native = nativeArchitectures[world.architecture]
  const family = archMap.find((each) => each.architecture === native)
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    architectures: family ? [family.architecture, ...(family.subArchitectures ?? [])] : [],
    syscalls: syscalls
      .filter((rule) => included(rule.includes, world) && !excluded(rule.excludes, world))
      .map(({ names, action, args, errnoRet }) => ({
        names,
        action,
        ...(errnoRet === undefined ? {} : { errnoRet }),
        ...(args?.length ? { args } : {}),
      })),
  }
}

const namespaceCalls = ['unshare', 'setns', 'mount', 'umount', 'umount2', 'pivot_root', 'mount_setattr']
const mountCalls = ['fsopen', 'fsconfig', 'fsmount', 'fspick', 'move_mount', 'open_tree']
const keyringCalls = ['add_key', 'keyctl', 'request_key']
const ringCalls = ['io_uring_enter', 'io_uring_register', 'io_uring_setup']
/** Of these a program is told that the kernel does not know them, and does without: clone3's flags cannot be looked at. */
const unknownCalls = ['clone3', ...ringCalls]
const refusedCalls = [...namespaceCalls, ...mountCalls, ...keyringCalls]
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. Source: moby, profiles/seccomp/default.json. */
const namespaceFlags = 0x7e020000
const permissionDenied = 1

/** Takes back what Docker does not allow either; a plain fork stays a plain fork. */
export function tighten(rules: SeccompRules): SeccompRules {
  const taken = new Set(['clone', ...unknownCalls, ...refusedCalls])
  const plainClone = { index: 0, value: namespaceFlags, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }
  return {
    ...rules,
    syscalls: [
      ...rules.syscalls
        .map((rule) => ({ ...rule, names: rule.names.filter((name) => !taken.has(name)) }))
        .filter((rule) => rule.names.length > 0),
      { names: ['clone'], action: 'SCMP_ACT_ALLOW', args: [plainClone] },
      { names: refusedCalls, action: 'SCMP_ACT_ERRNO', errnoRet: permissionDenied },
    ],
  }
}

/** Node's names of architectures → libseccomp's and Go's (which the profile's conditions use). */
const nativeArchitectures: Readonly<Record<string, string>> = {
  x64: 'SCMP_ARCH_X86_64',
  arm64: 'SCMP_ARCH_AARCH64',
}
const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Every condition must hold: all of the capabilities, one of the architectures, at least that kernel. */
function included(wanted: Conditions, world: SeccompWorld): boolean {
  const caps = (wanted?.caps ?? []).every((name) => world.capabilities.includes(name))
  const arches = wanted?.arches ?? []
  const arch = arches.length === 0 || arches.includes(goArchitectures[world.architecture] ?? '')
  return caps && arch && (!wanted?.minKernel || kernelAtLeast(world.kernel, wanted.minKernel))
}

/** One condition that holds is enough. */
function excluded(unwanted: Conditions, world: SeccompWorld): boolean {
  const caps = (unwanted?.caps ?? []).some((name) => world.capabilities.includes(name))
  const arch = (unwanted?.arches ?? []).includes(goArchitectures[world.architecture] ?? '')
  return caps || arch || (!!unwanted?.minKernel && kernelAtLeast(world.kernel, unwanted.minKernel))
}

function kernelAtLeast(kernel: string, wanted: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map(Number.parseFloat)
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number.parseFloat)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}
