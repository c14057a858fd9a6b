import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { command, localRunner } from '@berth/command'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ContainerMount, ContainerSpec, Engine } from '../engine.ts'
import {
  type EngineHome,
  linesOf,
  makeEngineHome,
  removeEngineHome,
  runToEnd,
  shellSpec,
} from '../testing/engine-home.ts'
import { describeVolumes } from '../volumes.contract.ts'
import { openHostEngine } from './host-engine.ts'

/** A machine with much to do takes its time. */
const soon = { timeout: 20_000 }

describeVolumes('the engine of a machine', async () => {
  const home = await makeEngineHome()
  const engine = await openHostEngine(home)
  return {
    engine,
    image: 'small',
    async dispose() {
      await engine.close()
      await removeEngineHome(home)
    },
  }
})

describe('mounts of a container', () => {
  let home: EngineHome
  let engine: Engine

  beforeAll(async () => {
    home = await makeEngineHome()
    engine = await openHostEngine(home)
    await importTrap()
  })
  afterEach(async () => {
    for (const { id } of await engine.containers.list()) await engine.containers.remove(id)
    for (const volume of await engine.volumes.list()) await engine.volumes.remove(volume.name)
  })
  afterAll(async () => {
    await engine.close()
    await removeEngineHome(home)
  })

  /** An image with a directory that a volume begins with, and links that lead out. */
  const importTrap = async () => {
    const root = `${home.home}/rootfs`
    mkdirSync(`${root}/srv/data/sub`, { recursive: true })
    writeFileSync(`${root}/srv/data/sub/seed`, 'seed\n')
    chownSync(`${root}/srv/data/sub/seed`, 1000, 1000)
    chmodSync(`${root}/srv/data`, 0o2775)
    await localRunner.run(command('ln', '-s', '/etc/hostname', `${root}/srv/data/out`))
    await localRunner.run(command('ln', '-s', '../../../../../..', `${root}/srv/up`))
    await localRunner.run(command('ln', '-s', '/srv/data', `${root}/srv/link`))
    await localRunner.run(command('tar', '-C', root, '-cf', `${home.home}/trap.tar`, '.'))
    await engine.images.importRootfs(`${home.home}/trap.tar`, 'trap')
  }
  const run = async (script: string, mounts: readonly ContainerMount[], over: Partial<ContainerSpec> = {}) =>
    runToEnd(engine, shellSpec(home, script, { network: 'none', mounts, ...over }))
  const volume = (
    target: string,
    over: Partial<ContainerMount & { kind: 'volume' }> = {},
  ): ContainerMount => ({
    kind: 'volume',
    volume: 'shared',
    target,
    readOnly: false,
    ...over,
  })
  const onDisk = () => `${home.home}/volumes/shared/data`

  test('a volume passes from one group to another, with the same owners in both', async () => {
    const write = 'echo hello > /v/file; chown app:app /v/file; mkdir /v/own'
    expect((await run(write, [volume('/v')], { group: 'one' })).exit.code).toBe(0)
    const { lines } = await run('cat /v/file; stat -c "%u %g" /v/file /v/own', [volume('/v')], {
      group: 'two',
    })
    expect(lines).toEqual(['hello', '1000 1000', '0 0'])
    expect(statSync(`${onDisk()}/file`).uid).toBe(1000)
  })

  test('a volume that is to be read is not written to', async () => {
    const { exit } = await run('echo x > /v/file', [volume('/v', { readOnly: true })])
    expect(exit.code).not.toBe(0)
    expect(readdirSync(onDisk())).toEqual([])
  })

  test('a new volume begins with what the image has there, its links as links', async () => {
    const { lines } = await run(
      'stat -c "%u %a" /srv/data/sub/seed /srv/data; echo mine > /srv/data/mine',
      [volume('/srv/data')],
      { image: 'trap' },
    )
    expect(lines).toEqual(['1000 644', '0 2775'])
    expect(lstatSync(`${onDisk()}/out`).isSymbolicLink()).toBe(true)
    expect(readFileSync(`${onDisk()}/sub/seed`, 'utf8')).toBe('seed\n')
    const again = await run('rm -r /srv/data/sub; ls /srv/data', [volume('/srv/data')], { image: 'trap' })
    expect(again.lines).toEqual(['mine', 'out'])
    const third = await run('ls /srv/data', [volume('/srv/data')], { image: 'trap' })
    expect(third.lines).toEqual(['mine', 'out'])
  })

  test('a target behind a link stays in the image', async () => {
    const { lines } = await run('ls /srv/data', [volume('/srv/link')], { image: 'trap' })
    expect(lines).toContain('sub')
    await expect(run('true', [volume('/srv/up')], { image: 'trap' })).rejects.toMatchObject({
      code: 'CONTAINER.START_FAILED',
    })
  })

  test.each(['/', '/proc', '/proc/sys', '/sys/fs/cgroup', '/dev', '/dev/null', '/x/../proc'])(
    'nothing is mounted at %s',
    async (target) => {
      await expect(run('true', [volume(target)])).rejects.toMatchObject({ code: 'CONTAINER.START_FAILED' })
    },
  )

  test.each(['relative', '', '/a\0b'])('%j is no target', async (target) => {
    await expect(run('true', [volume(target)])).rejects.toMatchObject({ code: 'CONTAINER.INVALID' })
  })

  test('an operator’s directory belongs inside to whom it belongs outside', async () => {
    const source = `${home.home}/operator`
    mkdirSync(source)
    writeFileSync(`${source}/file`, 'from outside\n')
    const bind = { kind: 'bind', source, target: '/bound' } as const
    const { lines } = await run('cat /bound/file; stat -c %u /bound/file; echo in > /bound/new', [
      { ...bind, readOnly: false },
    ])
    expect(lines).toEqual(['from outside', '0'])
    expect(statSync(`${source}/new`).uid).toBe(0)
    const one = { kind: 'bind', source: `${source}/file`, target: '/one', readOnly: true } as const
    expect((await run('cat /one; echo x > /one', [one])).exit.code).not.toBe(0)
    expect(readFileSync(`${source}/file`, 'utf8')).toBe('from outside\n')
  })

  test('a source that is not there is refused, and nothing is left mounted', async () => {
    // Of this engine: those of other tests come and go.
    const mounted = () => readFileSync('/proc/self/mountinfo', 'utf8').split(home.home).length
    await run('true', [volume('/v')])
    const before = mounted()
    for (const source of ['/no/such', 'relative', '/etc\0/x']) {
      const missing = { kind: 'bind', source, target: '/x', readOnly: true } as const
      await expect(run('true', [volume('/v'), missing])).rejects.toMatchObject({ code: 'CONTAINER.INVALID' })
    }
    await run('true', [volume('/v')])
    expect(mounted()).toBe(before)
  })

  test('what is still mounted from a start that went wrong loses nothing at the next one', async () => {
    await run('echo kept > /v/file', [volume('/v')])
    const { id } = await engine.containers.create(
      shellSpec(home, 'cat /v/file', { network: 'none', mounts: [volume('/v')] }),
    )
    const point = `${home.home}/containers/${id}/mounts/0`
    mkdirSync(point, { recursive: true })
    await localRunner.run(command('mount', '--bind', onDisk(), point))
    await engine.containers.start(id)
    await engine.containers.wait(id)
    expect((await linesOf(engine, id)).map((line) => line.text)).toEqual(['kept'])
    expect(readdirSync(onDisk())).toEqual(['file'])
    expect(existsSync(point)).toBe(false)
  })

  test('what is set-uid in a volume is not so for who runs it', async () => {
    const script = 'cp /bin/busybox /v/id; chmod 4755 /v/id; cat /proc/mounts | grep " /v "'
    const { lines } = await run(script, [volume('/v')])
    expect(lines[0]).toMatch(/nosuid.*nodev|nodev.*nosuid/)
    expect((await run('/v/id -u', [volume('/v')], { user: 'app' })).lines).toEqual(['1000'])
  })

  test('a root that is to be read is not written to; memory and volumes are', async () => {
    const memory = { kind: 'tmpfs', target: '/scratch', sizeBytes: 1024 * 1024, mode: 0o1777 } as const
    const script =
      'touch /root-file 2>/dev/null || echo refused; touch /scratch/a /v/b /dev/shm/c && echo written; dd if=/dev/zero of=/scratch/big bs=1M count=2 2>/dev/null || echo full; stat -c %a /scratch'
    const { lines } = await run(script, [memory, volume('/v')], { readOnlyRoot: true })
    expect(lines).toEqual(['refused', 'written', 'full', '1777'])
  })

  test('shared memory may be larger than it is by itself', async () => {
    const memory = { kind: 'tmpfs', target: '/dev/shm', sizeBytes: 16 * 1024 * 1024, mode: 0o1777 } as const
    const { lines } = await run('df -k /dev/shm | tail -1', [memory])
    expect(lines[0]).toContain('16384')
  })

  test('VOLUME paths of an image are volumes of one container where it asks for them, and go with it', async () => {
    await engine.images.importRootfs(`${home.home}/trap.tar`, 'declares', { volumes: ['/srv/data', '/new'] })
    const over = { image: 'declares', network: 'none' as const, mounts: [volume('/new')] }
    const script = 'echo mine > /srv/data/mine; ls /srv/data; sleep 60'
    const { id } = await engine.containers.create(
      shellSpec(home, script, { ...over, imageVolumes: 'anonymous' }),
    )
    await engine.containers.start(id)
    const names = async () => (await engine.volumes.list()).map(({ name }) => name)
    expect(await names()).toEqual([`${id}-0`, 'shared'])
    await expect(engine.volumes.remove(`${id}-0`)).rejects.toMatchObject({ code: 'VOLUME.IN_USE' })
    await expect
      .poll(async () => (await linesOf(engine, id)).map(({ text }) => text), soon)
      .toEqual(['mine', 'out', 'sub'])
    await engine.containers.remove(id)
    expect(await names()).toEqual(['shared'])
    expect((await run('ls /srv/data', [], over)).lines).toEqual(['out', 'sub'])
  })

  test('volumes outlive cleaning and the engine; half-made ones do not', async () => {
    await run('echo kept > /v/file', [volume('/v')])
    await engine.images.prune([])
    mkdirSync(`${home.home}/volumes/.half-0/data`, { recursive: true })
    await engine.close()
    writeFileSync(`${home.home}/volumes/shared/record.json`, '{')
    engine = await openHostEngine(home)
    expect(existsSync(`${home.home}/volumes/.half-0`)).toBe(false)
    const { id } = await engine.containers.create(
      shellSpec(home, 'cat /v/file', { network: 'none', mounts: [volume('/v')] }),
    )
    await engine.containers.start(id)
    await engine.containers.wait(id)
    expect((await linesOf(engine, id)).map((line) => line.text)).toEqual(['kept'])
  })
})
