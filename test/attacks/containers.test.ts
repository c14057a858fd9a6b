import { readdirSync, statSync } from 'node:fs'
import { printed } from '@berth/engine/contracts/contract-kit.ts'
import { enginePlaces } from '@berth/engine/sandbox/engine-places.ts'
import { hostCgroupVersion } from '@berth/engine/sandbox/host-limits.ts'
import { ociRuntime } from '@berth/engine/sandbox/oci-runtime.ts'
import { expect } from 'vitest'
import { type Attack, attacksBy, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/** Root in a running container, against its machine. */
let inmate = ''

/** Where it sees cgroups. On a machine with the first version, a tmpfs of its own lies around them. */
const trees = "$(grep -E ' - cgroup2? ' /proc/self/mountinfo | cut -d' ' -f5)"

/** In the container that all of these share: whatever is printed, and `came through` if the words succeed. */
const { contained } = attacksBy(
  async (site, script: (site: AttackSite) => string) =>
    (await site.exec(inmate, `(${script(site)}) >/dev/null 2>&1 && echo came through`)).text,
)
const inside = (name: string, script: (site: AttackSite) => string, cve?: string) =>
  contained(name, '', script, cve)

const escapes: Attack[] = [
  inside('writes a setting of the kernel', () => 'echo 1 > /proc/sys/kernel/sysrq'),
  inside(
    'names a program that the kernel starts at a crash',
    () => "echo '|/x' > /proc/sys/kernel/core_pattern",
  ),
  inside(
    'names a program that the kernel starts for a hotplugged device',
    () => 'echo /x > /sys/kernel/uevent_helper',
  ),
  inside('presses a system request key', () => 'echo h > /proc/sysrq-trigger'),
  inside(
    'reads the memory of the machine',
    () => 'head -c 1 /proc/kcore | grep . || head -c 1 /dev/mem | grep .',
  ),
  inside('mounts a file system', () => 'mkdir -p /tmp/m && mount -t tmpfs none /tmp/m'),
  inside(
    'mounts the kernel’s files once more, to write to them',
    () => 'mkdir -p /tmp/p && mount -t proc proc /tmp/p',
  ),
  inside(
    'takes the guard off what is read-only',
    () => 'mount -o remount,rw /sys || umount /proc/sys || umount /proc/kcore',
  ),
  inside('makes a device of the machine’s disk', () => 'mknod /tmp/disk b 254 0 || mknod /tmp/disk b 8 0'),
  inside(
    'enters a user namespace of its own',
    () => 'unshare -U true || unshare -r mount -t tmpfs none /tmp',
    'CVE-2022-0185',
  ),
  inside(
    'has a release agent of a cgroup run outside',
    () =>
      `for tree in ${trees}; do echo /x > $tree/release_agent && exit 0; done; mkdir -p /tmp/c && mount -t cgroup -o rdma none /tmp/c`,
    'CVE-2022-0492',
  ),
  inside(
    'leaves its cgroup for the one above',
    () =>
      `for tree in ${trees}; do echo 1 > $tree/../cgroup.procs && [ -e $tree/../cgroup.controllers -o -e $tree/../tasks ] && exit 0; mkdir $tree/mine && exit 0; done; false`,
  ),
  inside(
    'raises its own limit of memory',
    () =>
      `for tree in ${trees}; do for limit in memory.limit_in_bytes memory.max pids.max devices.allow; do [ -e $tree/$limit ] && echo 9999999999 > $tree/$limit && exit 0; done; done; false`,
  ),
  inside(
    'joins the namespaces of the first process that it sees',
    () => 'ls /proc/2/ns/net && nsenter -t 2 -n true; nsenter -t 1 -m -p true',
  ),
  inside(
    'walks through the roots of processes to the machine',
    ({ canary }) =>
      `for root in /proc/[0-9]*/root /proc/[0-9]*/cwd; do cat $root/${canary.secretPath} && exit 0; cat $root/../../../..${canary.secretPath} && exit 0; done; false`,
    'CVE-2024-21626',
  ),
  inside(
    'finds a descriptor of the machine that was left open',
    ({ canary }) =>
      `for fd in /proc/[0-9]*/fd/*; do cat $fd/..${canary.secretPath} && exit 0; cat $fd/../../../../../../..${canary.secretPath} && exit 0; done; false`,
    'CVE-2024-21626',
  ),
  inside(
    'overwrites the program that started it',
    () =>
      'for exe in /proc/[0-9]*/exe; do case $(readlink $exe) in *runc*|*crun*|*conmon*|*node*) exit 0;; esac; done; false',
    'CVE-2019-5736',
  ),
  inside(
    'calls a socket of the machine',
    ({ canary }) => `nc -U ${canary.socketPath} < /dev/null || nc local:${canary.socketPath} < /dev/null`,
  ),
  inside(
    'sees mounts of the machine by name',
    ({ canary, home }) => `grep -e ${canary.directory} -e ${home.home}/rootfs /proc/self/mountinfo`,
  ),
  inside(
    'signals what is not its own',
    () =>
      'kill -0 $(($(cat /proc/sys/kernel/pid_max) - 1)) || ls -d /proc/[0-9]* | wc -l | grep -E "[0-9]{3}"',
  ),
  inside('names its machine otherwise', () => 'hostname owned'),
  inside('sets the clock of the machine', () => 'date -s 2001-01-01; date +%Y | grep 2001'),
  inside('loads a module', () => 'insmod /bin/busybox || modprobe dummy'),
  inside('restarts the machine', () => 'reboot -f || echo b > /proc/sysrq-trigger'),
  inside(
    'adds itself swap of the machine’s',
    () => 'dd if=/dev/zero of=/tmp/swap bs=4096 count=10; mkswap /tmp/swap; swapon /tmp/swap',
  ),
  inside('makes another root its own', () => 'mkdir -p /tmp/r/old && pivot_root /tmp/r /tmp/r/old'),
  inside('reads the log of the kernel', () => 'dmesg | grep .'),
]

/** Which a log may have more than it is allowed. The flood makes 130 MB. */
const longestRecord = 8_192

const around: Attack[] = [
  {
    name: 'sees no variable of the engine, of its process and of other containers',
    run: async (site) => {
      const { text } = await site.exec(
        inmate,
        'cat /proc/[0-9]*/environ | tr "\\0" "\\n" | grep -ci -e BERTH_ATTACK -e NEIGHBOUR',
      )
      return text
    },
    expect: { contained: '0' },
  },
  {
    name: 'gives back no more rights to a set-uid program than it has',
    run: async (site) => {
      const script =
        'cp /bin/busybox /tmp/grep; chmod 4755 /tmp/grep; su app -s /bin/sh -c "/tmp/grep -E ^CapPrm /proc/self/status"'
      return (await site.run(script)).lines.map((line) => BigInt(`0x${line.split(/\s+/)[1]}`) & 0x203000n)
    },
    // SYS_ADMIN, SYS_MODULE and the raw network: bits 21, 16 (masked by the set), 13 and 12.
    expect: { contained: [0n] },
  },
  {
    name: 'sees keys of the kernel’s key rings',
    run: async (site) => (await site.exec(inmate, 'wc -l < /proc/keys')).text,
    expect: { contained: '0' },
  },
  {
    name: 'fork bomb',
    run: async (site) => {
      const limits = { memoryBytes: 64 * 1024 ** 2, cpuWeight: 100, cpus: 0.5, pids: 20 }
      const { id } = await site.start(
        'echo up; (bomb() { bomb | bomb & }; bomb) 2>/dev/null & exec sleep 60',
        {
          limits,
        },
      )
      await new Promise((resolve) => setTimeout(resolve, 300))
      const { pids } = await site.engine.containers.stats(id)
      await site.engine.containers.remove(id)
      return pids <= 20
    },
    expect: { contained: true },
  },
  {
    name: 'takes memory in a file system of its own',
    run: async ({ engine, spec }) => {
      const mounts = [{ kind: 'tmpfs', target: '/mem', sizeBytes: null, mode: 0o755 }] as const
      const { id } = await engine.containers.create(
        spec('exec head -c 200000000 /dev/zero > /mem/hog', { mounts }),
      )
      await engine.containers.start(id)
      return engine.containers.wait(id)
    },
    expect: { contained: expect.objectContaining({ outOfMemory: true }) },
  },
  {
    name: 'opens files without end',
    run: async ({ run, spec }) => {
      const limits = { ...spec('').limits, openFiles: 64 }
      const { lines } = await run('ulimit -Hn; ulimit -n 100 2>/dev/null && echo raised', { limits })
      return lines
    },
    expect: { contained: ['64'] },
  },
  {
    name: 'prints without end',
    run: async ({ engine, home, spec }) => {
      const log = { directory: `${home.home}/logs`, maxBytes: 100_000, maxFiles: 2 }
      const { id } = await engine.containers.create(spec('yes | head -c 6000000', { log }))
      await engine.containers.start(id)
      await engine.containers.wait(id)
      const files = readdirSync(log.directory)
        .filter((name) => name.startsWith(id))
        .map((name) => statSync(`${log.directory}/${name}`))
      // The file that is being written may have a second name.
      const bytes = [...new Map(files.map(({ ino, size }) => [ino, size])).values()]
      return bytes.reduce((sum, each) => sum + each, 0) <= log.maxBytes * log.maxFiles + longestRecord
    },
    expect: { contained: true },
  },
  {
    name: 'fills the disk where a limit of it is asked for',
    run: async ({ engine, run, spec }) => {
      const limits = { ...spec('').limits, writableBytes: 4_000_000 }
      const code = await run('head -c 20000000 /dev/zero > /fill && echo came through', { limits }).then(
        ({ lines }) => lines.join(),
        (error: { code?: string }) => error.code,
      )
      // A file system that cannot hold it refuses to start.
      return (
        ['', 'CONTAINER.LIMIT_UNSUPPORTED'].includes(code ?? '') &&
        (await engine.containers.list()).length > 0
      )
    },
    expect: { contained: true },
  },
  {
    name: 'has a command run by a program that it has replaced',
    cve: 'CVE-2019-5736',
    run: async (site) => {
      const script =
        'rm /bin/sh; printf "#!/proc/self/exe\\n" > /bin/sh; chmod 755 /bin/sh; echo up; exec sleep 60'
      const { id } = await site.start(script)
      const { path } = ociRuntime(enginePlaces(site.home), hostCgroupVersion())
      const runtime = () => statSync(path, { bigint: true }).ctimeNs
      const before = runtime()
      const { containers } = site.engine
      const run = containers.exec(id, { command: ['sh', '-c', 'echo owned > /proc/self/exe'] })
      await site.codeOf(run.then(async (attachment) => [await printed(attachment), await attachment.exit]))
      return runtime() === before
    },
    expect: { contained: true },
  },
]

describeAttacks('a running container', [...escapes, ...around], {
  async prepare(site) {
    inmate = (await site.start('echo up; sleep 3600', { init: true })).id
  },
})
