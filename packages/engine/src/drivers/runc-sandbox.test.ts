import { chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGroupRecords, rangeOf } from '../container/group-records.ts'
import type { RootMount } from '../filesystem.ts'
import { openNetworks } from '../network/networks.ts'
import { openHostParts } from '../sandbox/host-parts.ts'
import { missingMountPoints, removeStubs } from '../sandbox/mount-stubs.ts'
import { stepGroupPrefix } from '../sandbox/step-group.ts'
import type { Sandbox, SandboxMount, SandboxStep, StepRunner } from '../sandbox.ts'
import { makeBusyboxRoot } from '../testing/busybox-root.ts'
import { type OverlayFileSystems, openOverlayFileSystems } from './overlay-file-systems.ts'
import { runcSandbox } from './runc-sandbox.ts'

describe('a build step in its sandbox', () => {
  let home: string
  let fileSystems: OverlayFileSystems
  let layer: string
  let sandbox: Sandbox
  let range: SandboxStep['range']
  let buildGroups: () => Promise<string[]>
  let destroy: () => Promise<void>
  const megabyte = 1024 * 1024
  const mounts: RootMount[] = []

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'berth-sandbox-'))
    const options = { home, run: `${home}/run`, commands: localRunner }
    const parts = openHostParts(options)
    fileSystems = await openOverlayFileSystems(options)
    const root = await fileSystems.temporaryDirectory()
    await makeBusyboxRoot(root)
    layer = (await fileSystems.seal(root, null)).id
    const groups = await openGroupRecords(parts.places.groups, process.pid)
    const group = () => groups.ensure('build', () => new Set())
    const networks = await openNetworks({ commands: localRunner, places: parts.places, groups })
    range = rangeOf(await group())
    sandbox = runcSandbox(parts, async () => networks, group)
    buildGroups = async () =>
      (await parts.cgroups.children(parts.places.cgroupParent)).filter((name) =>
        name.startsWith(stepGroupPrefix),
      )
    destroy = async () => {
      await networks.destroy()
      await parts.cgroups.remove(parts.places.cgroupParent)
    }
  })
  afterAll(async () => {
    for (const mount of mounts) mount.unmount()
    await destroy()
    await fileSystems.close()
    await rm(home, { recursive: true })
  })

  const freshRoot = async (layers = [layer]) => {
    const directory = await fileSystems.temporaryDirectory()
    const mount = await fileSystems.mount({ layers, directory, range })
    mounts.push(mount)
    return { root: mount.root, upper: `${directory}/upper` }
  }
  const run = async (
    script: string,
    over: Partial<SandboxStep> = {},
    signal: AbortSignal = new AbortController().signal,
    runner: StepRunner = sandbox,
  ) => {
    const lines: string[] = []
    const root = over.root ?? (await freshRoot()).root
    const exit = await runner.runStep(
      {
        root,
        range,
        argv: ['/bin/sh', '-c', script],
        env: {},
        workingDirectory: '/',
        user: '',
        hostname: 'build',
        network: 'none',
        limits: { memoryBytes: 64 * 1024 * 1024, cpuWeight: 50, pids: 50, timeoutMs: 20_000 },
        mounts: [],
        ...over,
      },
      (stream, text) => lines.push(stream === 'stdout' ? text : `! ${text}`),
      signal,
    )
    return { exit, lines }
  }

  test('its output arrives by stream and its exit code is right', async () => {
    const { exit, lines } = await run('echo one; echo two >&2; printf rest; exit 42')
    expect(exit).toEqual({ code: 42, signal: null, outOfMemory: false, timedOut: false })
    expect(lines.toSorted()).toEqual(['! two', 'one', 'rest'])
  })

  test.each(['', 'app', '4321:4321'])('user %j may open its output once more', async (user) => {
    const script =
      'echo out > /dev/stdout && echo err > /dev/stderr && echo both | tee /dev/stderr && echo own >> /proc/self/fd/1'
    const { exit, lines } = await run(script, { user })
    expect(exit.code).toBe(0)
    expect(lines.toSorted()).toEqual(['! both', '! err', 'both', 'out', 'own'])
  })

  test('its descriptors are gone with it, also when it fails to start', async () => {
    const before = await readdir('/proc/self/fd')
    await run('echo much; exit 1')
    await expect(run('true', { workingDirectory: '/bin/busybox' })).rejects.toMatchObject({
      code: 'CONTAINER.START_FAILED',
    })
    await expect(run('sleep 60', {}, AbortSignal.timeout(100))).rejects.toThrow()
    await expect.poll(async () => (await readdir('/proc/self/fd')).length).toBe(before.length)
  })

  test('what it prints may wait for a reader, and none of it is lost', async () => {
    const { lines } = await run('seq 200000')
    expect(lines).toHaveLength(200_000)
    expect(lines.at(-1)).toBe('200000')
  })

  test('root inside is nobody outside, and what it writes belongs to the range', async () => {
    const { lines } = await run('id -u; cat /proc/self/uid_map; touch /made; stat -c %u /made')
    expect(lines[0]).toBe('0')
    expect(lines[1]?.trim().split(/\s+/)).toEqual(['0', String(range.start), '65536'])
    expect(lines[2]).toBe('0')
  })

  test('the user is looked up in the image, with its groups and home', async () => {
    const { lines } = await run('id -u; id -g; id -G; echo $HOME; pwd', {
      user: 'app',
      workingDirectory: '/home/app',
    })
    expect(lines).toEqual(['1000', '1000', '1000 2000', '/home/app', '/home/app'])
  })

  test('nothing of the engine stays in the layer', async () => {
    const { root, upper } = await freshRoot()
    await run('echo kept > /kept', { root, network: 'bridge' })
    expect((await readdir(upper)).toSorted()).toEqual(['etc', 'kept'])
    expect(await readdir(`${upper}/etc`)).toEqual([])
  })

  test('what it needs too much memory for is called so', async () => {
    const { exit } = await run('dd if=/dev/zero of=/dev/null bs=200M count=1')
    expect(exit).toMatchObject({ outOfMemory: true })
    expect(exit.code).not.toBe(0)
  })

  test('what steps share is limited together; one that is killed for it is called out of memory', async () => {
    const together = sandbox.together({ memoryBytes: 64 * megabyte, cpuWeight: 50, pids: 40 })
    const place = await fileSystems.temporaryDirectory()
    await chown(place, range.start, range.start)
    const mounts: SandboxMount[] = [
      { kind: 'tmpfs', target: '/m', sizeBytes: null, mode: 0o1777 },
      { kind: 'bind', source: place, target: '/meet', writable: true },
    ]
    const signal = new AbortController().signal
    /** Each alone has room enough, and keeps what it has until the other has come as far. */
    const steps = ['one', 'other'].map((own, index, all) => {
      const fill = 'dd if=/dev/zero of=/m/file bs=1M count=40 2>/dev/null || exit 1'
      const wait = `until [ -e /meet/${all[1 - index]} ]; do sleep 0.05; done`
      return run(`${fill}; : > /meet/${own}; ${wait}`, { mounts }, signal, together)
    })
    await Promise.race(steps)
    expect(await buildGroups()).toHaveLength(1)
    for (const name of ['one', 'other']) await writeFile(`${place}/${name}`, '')
    const exits = (await Promise.all(steps)).map(({ exit }) => exit)
    expect(exits.filter(({ outOfMemory }) => outOfMemory).length).toBeGreaterThan(0)
    for (const { code, outOfMemory } of exits) expect(code !== 0).toBe(outOfMemory)
    await together.end()
    expect(await buildGroups()).toEqual([])
  })

  test('its time is limited', async () => {
    const { exit } = await run('echo begun; sleep 60', {
      limits: { memoryBytes: 64 * 1024 * 1024, cpuWeight: 50, pids: 50, timeoutMs: 300 },
    })
    expect(exit).toMatchObject({ code: 137, signal: 'SIGKILL', timedOut: true, outOfMemory: false })
  })

  test('broken off, it is gone with all that it started', async () => {
    const stop = new AbortController()
    const running = run('sleep 4242 & sleep 4242', {}, stop.signal)
    setTimeout(() => stop.abort(new Error('the pusher went away')), 300)
    await expect(running).rejects.toThrow('the pusher went away')
    const { stdout } = await localRunner.run({ argv: ['ps', '-eo', 'args'] })
    expect(stdout).not.toContain('sleep 4242')
    expect(await readdir(`${home}/run/steps`)).toEqual([])
    expect(await readdir(`${home}/run/exits`)).toEqual([])
  })

  test('it reaches names and the world outside when it has a network, and neither without', async () => {
    const { lines } = await run('cat /etc/resolv.conf; ip route', { network: 'bridge' })
    expect(lines.join('\n')).toMatch(/nameserver \d+/)
    expect(lines.join('\n')).toMatch(/default via/)
    expect((await run('ip route', {})).lines).toEqual([])
  })

  test('steps do not reach each other', async () => {
    const other = new AbortController()
    const addresses = Promise.withResolvers<string>()
    const listening = sandbox.runStep(
      {
        root: (await freshRoot()).root,
        range,
        argv: ['/bin/sh', '-c', 'hostname -i; nc -l -p 7000'],
        env: {},
        workingDirectory: '/',
        user: '',
        hostname: 'other',
        network: 'bridge',
        limits: { memoryBytes: 64 * 1024 * 1024, cpuWeight: 50, pids: 50, timeoutMs: 20_000 },
        mounts: [],
      },
      (_stream, text) => addresses.resolve(text),
      other.signal,
    )
    const address = await addresses.promise
    const { exit } = await run(`nc -w 1 ${address} 7000 < /dev/null`, { network: 'bridge' })
    expect(exit.code).not.toBe(0)
    other.abort(new Error('enough'))
    await expect(listening).rejects.toThrow('enough')
  })

  test('a file that is handed in is there, read-only', async () => {
    const source = join(home, 'authorities.pem')
    await writeFile(source, 'certificates\n')
    const { lines, exit } = await run('cat /run/authorities; echo x >> /run/authorities', {
      mounts: [{ kind: 'bind', source, target: '/run/authorities' }],
    })
    expect(lines[0]).toBe('certificates')
    expect(exit.code).not.toBe(0)
  })

  test('mounts at links, and behind them, stay inside the root; what was made for them is gone afterwards', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'berth-outside-'))
    const trap = await fileSystems.temporaryDirectory()
    await symlink(outside, `${trap}/link`)
    await symlink(`../../../..${outside}-too`, `${trap}/up`)
    const trapped = (await fileSystems.seal(trap, null)).id
    const { root, upper } = await freshRoot([layer, trapped])
    const source = join(home, 'shown')
    await mkdir(source, { recursive: true })
    await writeFile(`${source}/file`, 'shown\n')
    const { lines } = await run(`cat /link/file /up/deep/file; ls ${outside}; touch /tmp/small/x`, {
      root,
      mounts: [
        { kind: 'bind', source, target: '/link' },
        { kind: 'bind', source, target: '/up/deep' },
        { kind: 'tmpfs', target: '/tmp/small', sizeBytes: 4096, mode: 0o1777 },
      ],
    })
    expect(lines).toEqual(['shown', 'shown', 'file'])
    expect(await readdir(outside)).toEqual([])
    expect((await readdir(upper)).toSorted()).toEqual(['etc', 'tmp'])
    expect(await readdir(`${upper}/tmp`)).toEqual([])
    await rm(outside, { recursive: true })
  })

  test('a program and a working directory may lie in a mount', async () => {
    const { lines } = await run('', {
      argv: ['/tools/sh', '-c', 'pwd'],
      workingDirectory: '/tools',
      mounts: [{ kind: 'bind', source: '/usr/bin/busybox', target: '/tools/sh' }],
    })
    expect(lines).toEqual(['/tools'])
  })

  test.each(['/', '/proc', '/proc/self', '/sys/fs', '/dev', '/dev/shm', '/kernel/x'])(
    'a mount at %s is refused',
    async (target) => {
      const trap = await fileSystems.temporaryDirectory()
      await symlink('proc', `${trap}/kernel`)
      const trapped = (await fileSystems.seal(trap, null)).id
      const { root } = await freshRoot([layer, trapped])
      const mounts = [{ kind: 'bind' as const, source: home, target }]
      await expect(run('true', { root, mounts })).rejects.toMatchObject({ code: 'CONTAINER.START_FAILED' })
    },
  )

  test('more shared memory may be asked for', async () => {
    const { lines } = await run("df -k /dev/shm | awk 'END { print $2 }'", {
      mounts: [{ kind: 'tmpfs', target: '/dev/shm', sizeBytes: 128 * 1024 * 1024, mode: 0o1777 }],
    })
    expect(lines).toEqual([String(128 * 1024)])
  })

  test('a step that puts links in the place of mount points has nothing removed elsewhere', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'berth-outside-'))
    await mkdir(`${outside}/inner`)
    await writeFile(`${outside}/empty`, '')
    const stubs = [
      { root: '', path: '/a/inner', kind: 'a directory' as const },
      { root: '', path: '/a/empty', kind: 'a file' as const },
    ]
    const { root } = await freshRoot()
    const missing = await missingMountPoints(root, stubs)
    await symlink(outside, `${root}/a`)
    await removeStubs(missing)
    expect((await readdir(outside)).toSorted()).toEqual(['empty', 'inner'])

    const target = '/b/inner'
    const swapped = await freshRoot()
    const { exit } = await run(`mv /b /moved && ln -s ${outside} /b`, {
      root: swapped.root,
      mounts: [{ kind: 'tmpfs', target, sizeBytes: null, mode: 0o755 }],
    })
    expect(exit.code).toBe(0)
    expect(await readdir(`${swapped.upper}/moved`)).toEqual(['inner'])
    expect((await readdir(outside)).toSorted()).toEqual(['empty', 'inner'])
    await rm(outside, { recursive: true })
  })

  test.each([
    [
      'a command that is not there',
      { argv: ['nothing-here'] },
      'CONTAINER.PROGRAM_NOT_FOUND',
      /nothing-here/,
    ],
    ['a command that is a directory', { argv: ['/etc'] }, 'CONTAINER.PROGRAM_NOT_EXECUTABLE', /directory/],
    ['a user that is not there', { user: 'nobody-here' }, 'CONTAINER.START_FAILED', /no user/],
    ['a user beyond the range', { user: '70000' }, 'CONTAINER.START_FAILED', /between 0 and 65535/],
    [
      'a working directory in /proc',
      { workingDirectory: '/proc/self/fd/7' },
      'CONTAINER.START_FAILED',
      /proc/,
    ],
  ])('%s is told in words', async (_what, over, code, message) => {
    await expect(run('true', over)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    expect(await readdir(`${home}/run/steps`)).toEqual([])
  })

  test.each(['dev', 'proc', 'sys', 'etc'])('an image whose /%s is a link is refused', async (name) => {
    const trap = await fileSystems.temporaryDirectory()
    await symlink('/tmp', `${trap}/${name}`)
    const trapped = (await fileSystems.seal(trap, null)).id
    await expect(run('true', await freshRoot([layer, trapped]))).rejects.toMatchObject({
      code: 'CONTAINER.UNSAFE_IMAGE',
    })
  })
})
