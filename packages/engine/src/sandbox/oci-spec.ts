import type { ContainerLimits } from '../engine.ts'
import type { IdRange } from '../filesystem.ts'
import type { HostIpv6 } from '../network/host-ipv6.ts'
import type { ResolvedUser, SandboxMount } from '../sandbox.ts'
import { holdableLimits } from './assert-limits.ts'
import { capabilitySets } from './capabilities.ts'
import type { HostLimits } from './host-limits.ts'
import { ociResources } from './resources.ts'
import type { SeccompRules } from './seccomp.ts'

/**
 * What runc or crun is told: config.json of the OCI runtime specification (github.com/opencontainers/runtime-spec).
 *
 * Promised for every container and every build step: root inside is `range.start` outside; own pid, mount, network, ipc,
 * uts, cgroup and user namespaces; podman's capabilities; the distribution's seccomp rules; Moby's masked and read-only
 * paths; no device but the harmless ones. `noNewPrivileges` stays false, as with Docker and podman, because images
 * use sudo and ping; what a set-uid program gains is bounded by the capabilities, and is worth nothing outside.
 */
export type Sandboxed = {
  root: string
  range: IdRange
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  workingDirectory: string
  user: ResolvedUser
  hostname: string
  limits: ContainerLimits
  mounts: readonly SandboxMount[]
  ipv6: HostIpv6
  /** Default false: nothing may be written but into mounts. */
  readOnlyRoot?: boolean
  /** Absolute within each cgroup tree. */
  cgroupPath: string
  /** Added to the worker's own: who goes first when the machine's memory runs out. */
  oomScore: number
}

export function ociSpec(sandboxed: Sandboxed, host: HostLimits, seccomp: SeccompRules) {
  const { root, range, user, hostname, limits } = sandboxed
  const mapping = [{ containerID: 0, hostID: range.start, size: range.size }]
  return {
    ociVersion: '1.0.2',
    hostname,
    root: { path: root, readonly: sandboxed.readOnlyRoot ?? false },
    process: {
      args: sandboxed.argv,
      env: Object.entries(sandboxed.env).map(([name, value]) => `${name}=${value}`),
      cwd: sandboxed.workingDirectory,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.groups, umask: 0o022 },
      capabilities: capabilitySets(user.uid),
      rlimits: resourceLimits(limits, host),
      oomScoreAdj: Math.min(1000, Math.max(0, host.oomScore) + sandboxed.oomScore),
      noNewPrivileges: false,
      terminal: false,
    },
    mounts: [...kernelMounts, ...sandboxed.mounts.map(ociMount)],
    linux: {
      uidMappings: mapping,
      gidMappings: mapping,
      namespaces: namespaces.map((type) => ({ type })),
      cgroupsPath: sandboxed.cgroupPath,
      resources: ociResources(holdableLimits(limits, host), host),
      sysctl: { ...networkSettings, ...ipv6Inside[sandboxed.ipv6] },
      seccomp,
      maskedPaths,
      readonlyPaths,
      rootfsPropagation: 'private',
    },
  }
}

const namespaces = ['user', 'pid', 'mount', 'network', 'ipc', 'uts', 'cgroup']

const quiet = ['nosuid', 'noexec', 'nodev']

/** As podman and Docker mount them; the shared memory has Docker's 64 MB. */
const kernelMounts = [
  { destination: '/proc', type: 'proc', source: 'proc', options: quiet },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: [...quiet, 'mode=1777', 'size=65536k'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: quiet },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...quiet, 'ro'] },
  { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...quiet, 'relatime', 'ro'] },
]

/** Where the kernel's file systems are mounted: an image must have a plain directory there, or nothing. */
export const kernelMountPoints = ['/proc', '/dev', '/sys'] as const

function ociMount(mount: SandboxMount) {
  if (mount.kind === 'bind') {
    const options = ['bind', 'nosuid', 'nodev', 'rprivate', mount.writable ? 'rw' : 'ro']
    return { destination: mount.target, type: 'bind', source: mount.source, options }
  }
  const size = mount.sizeBytes === null ? [] : [`size=${mount.sizeBytes}`]
  const options = ['nosuid', 'nodev', `mode=${mount.mode.toString(8)}`, ...size]
  return { destination: mount.target, type: 'tmpfs', source: 'tmpfs', options }
}

/** Ports below 1024 and ping need no privilege in a network namespace of one's own: Docker's and podman's defaults. */
const networkSettings = {
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0 65535',
}

/**
 * On: the address is the one that the engine gives. None is made up, no router is listened to, whoever says that it is one.
 * Off: programs that listen on [::] get IPv4 all the same. What the kernel lacks cannot be set.
 */
const ipv6Inside: Record<HostIpv6, Readonly<Record<string, string>>> = {
  on: {
    'net.ipv6.conf.all.disable_ipv6': '0',
    'net.ipv6.conf.default.disable_ipv6': '0',
    'net.ipv6.conf.default.accept_ra': '0',
    'net.ipv6.conf.default.accept_redirects': '0',
    'net.ipv6.conf.default.addr_gen_mode': '1',
    'net.ipv6.conf.default.autoconf': '0',
  },
  off: {
    'net.ipv6.conf.all.disable_ipv6': '1',
    'net.ipv6.conf.default.disable_ipv6': '1',
  },
  missing: {},
}

/** Soft equals hard, as with Docker: servers want it. Never above our own, so it needs no privilege. */
const mostOpenFiles = 1_048_576

function resourceLimits(limits: ContainerLimits, host: HostLimits) {
  const openFiles = limits.openFiles ?? Math.min(host.openFiles, mostOpenFiles)
  return [
    { type: 'RLIMIT_NOFILE', soft: openFiles, hard: openFiles },
    { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
  ]
}

/** Source of both lists: moby, oci/defaults.go, with podman's additions. */
const maskedPaths = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/dev/block',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/fs/selinux',
]

const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']
