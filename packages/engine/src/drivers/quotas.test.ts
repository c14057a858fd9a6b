import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { command, localRunner } from '@berth/command'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeTar } from '../archive/make-tar.ts'
import type { ContainerSpec, Engine } from '../engine.ts'
import { kernelQuotas, readLook } from '../quota/kernel-quotas.ts'
import { noLimits, type QuotaCalls } from '../quota/quota-calls.ts'
import { controlQuotaByDevice } from '../system/syscalls.ts'
import { makeBusyboxRoot } from '../testing/busybox-root.ts'
import { type EngineHome, linesOf, runToEnd, shellSpec } from '../testing/engine-home.ts'
import { makeQuotaDisk, type QuotaDisk } from '../testing/quota-disk.ts'
import { destroyEngine } from './destroy-engine.ts'
import { openHostEngine } from './host-engine.ts'

/**
 * On real file systems that hold quotas of projects. A kernel without them (CONFIG_QFMT_V2 for ext4, CONFIG_XFS_QUOTA) runs
 * none of this, and the tests say so; infra/vm has a kernel with both.
 */
const megabyte = 1024 * 1024
const tooMuch = 'dd if=/dev/zero of=$DIR/large bs=65536 count=128 2>&1 | head -1'
const noRoom = /quota exceeded|No space left/
const changeProject = fileURLToPath(new URL('../testing/change-project.ts', import.meta.url))

for (const type of ['ext4', 'xfs'] as const) {
  const disk = await makeQuotaDisk(type)
  if ('reason' in disk) test(`quotas of projects on ${type}`, ({ skip }) => skip(disk.reason))
  else describe(`quotas of projects on ${type}:`, () => limitsHold(disk))
}

function limitsHold(disk: QuotaDisk): void {
  let home: EngineHome
  let engine: Engine
  let calls: QuotaCalls

  beforeAll(async () => {
    home = { home: `${disk.path}/home`, run: `${disk.path}/run`, commands: localRunner }
    calls = kernelQuotas({ directory: disk.path, device: disk.mounted.source })
    engine = await openHostEngine(home)
    await makeBusyboxRoot(`${disk.path}/rootfs`)
    await localRunner.run(command('tar', '-C', `${disk.path}/rootfs`, '-cf', `${disk.path}/rootfs.tar`, '.'))
    await engine.images.importRootfs(`${disk.path}/rootfs.tar`, 'small')
  })
  afterEach(async () => {
    for (const { id } of await engine.containers.list()) await engine.containers.remove(id)
    for (const { name } of await engine.volumes.list()) await engine.volumes.remove(name)
  })
  afterAll(async () => {
    await engine.close()
    await destroyEngine(home)
    await disk.remove()
  })

  const spec = (script: string, over: Partial<ContainerSpec> = {}) => {
    const limits = { memoryBytes: 64 * megabyte, cpuWeight: 100, cpus: null, pids: 40, ...over.limits }
    return shellSpec(home, script, { network: 'none', ...over, limits })
  }
  const withVolume = (script: string) =>
    spec(script.replaceAll('$DIR', '/kept'), {
      mounts: [{ kind: 'volume', volume: 'kept', target: '/kept', readOnly: false }],
    })
  const withRoot = (script: string, limits: Partial<ContainerSpec['limits']>) =>
    spec(script.replaceAll('$DIR', ''), { limits: limits as ContainerSpec['limits'] })
  const printed = async (given: ContainerSpec) => (await runToEnd(engine, given)).lines.join('\n')
  const dataOf = (name: string) => `${home.home}/volumes/${name}/data`
  const claims = () => readdirSync(`${home.home}/projects`)

  test('the kernel is believed, not the mount options', () => {
    expect(calls.state()).toBe('enforced')
    expect(calls.look(0x7fff_0000)).toEqual({ used: { bytes: 0, files: 0 }, limits: noLimits })
  })

  test('a volume holds what it may, and not more; its use is told', async () => {
    await engine.volumes.create('kept', { sizeBytes: 4 * megabyte })
    expect(await printed(withVolume(tooMuch))).toMatch(noRoom)
    const { bytes = 0 } = (await engine.volumes.usage('kept')) ?? {}
    expect(bytes).toBeGreaterThan(3 * megabyte)
    expect(bytes).toBeLessThanOrEqual(4 * megabyte)
  })

  test('inside, the volume is as large as its limit', async () => {
    await engine.volumes.create('kept', { sizeBytes: 8 * megabyte })
    const [blocks = 0, size = 0] = (await printed(withVolume("stat -f -c '%b %S' /kept")))
      .split(' ')
      .map(Number)
    expect(blocks * size).toBe(8 * megabyte)
  })

  test('files are limited too', async () => {
    await engine.volumes.create('kept', { files: 20 })
    const script = 'i=0; while true > /kept/$i; do i=$((i+1)); done 2>&1; ls /kept | wc -l'
    const lines = (await printed(withVolume(script))).split('\n')
    expect(lines[0]).toMatch(noRoom)
    // One of the twenty is the volume's own directory.
    expect(Number(lines.at(-1))).toBe(19)
  })

  test('a running container gets more room, at once, and files keep what they hold', async () => {
    await engine.volumes.create('kept', { sizeBytes: 2 * megabyte })
    const { id } = await engine.containers.create(
      withVolume(`${tooMuch}; while [ ! -e /kept/more ]; do sleep 0.05; done; ${tooMuch}; ls -l /kept/large`),
    )
    await engine.containers.start(id)
    for await (const { text } of engine.containers.logs(id, { follow: true, tail: null, since: null })) {
      expect(text).toMatch(noRoom)
      break
    }
    await engine.volumes.resize('kept', { bytes: 64 * megabyte })
    rmSync(`${dataOf('kept')}/large`)
    writeFileSync(`${dataOf('kept')}/more`, '')
    await engine.containers.wait(id)
    const lines = (await linesOf(engine, id)).map(({ text }) => text)
    expect(lines.at(-1)).toContain(String(8 * megabyte))
  })

  test('a limit below what is in use is refused', async () => {
    await engine.volumes.create('kept', { sizeBytes: 32 * megabyte })
    await printed(withVolume(tooMuch))
    const refused = { code: 'VOLUME.LIMIT_BELOW_USE' }
    await expect(engine.volumes.resize('kept', { bytes: megabyte })).rejects.toMatchObject(refused)
  })

  test('what a container writes into its root is limited, over restarts, and told', async () => {
    const { id } = await engine.containers.create(withRoot(tooMuch, { writableBytes: 4 * megabyte }))
    for (const round of [1, 2]) {
      await engine.containers.start(id)
      await engine.containers.wait(id)
      expect((await linesOf(engine, id)).filter(({ text }) => noRoom.test(text))).toHaveLength(round)
    }
    const { writable } = await engine.containers.get(id)
    expect(writable?.limits).toEqual({ bytes: 4 * megabyte, files: null })
    expect(writable?.used.bytes).toBeGreaterThan(3 * megabyte)
    expect(writable?.used.bytes).toBeLessThanOrEqual(4 * megabyte)
  })

  test('a file that comes from the image counts once it is changed', async () => {
    const script = 'chmod 700 /bin/busybox 2>&1; echo over'
    expect(await printed(withRoot(script, { writableBytes: 65_536 }))).toMatch(noRoom)
  })

  test('the number of files in its root is limited', async () => {
    const script = 'i=0; while true > /f$i; do i=$((i+1)); done 2>&1; ls / | grep -c ^f[0-9]'
    const lines = (await printed(withRoot(script, { writableFiles: 60 }))).split('\n')
    expect(lines[0]).toMatch(noRoom)
    expect(Number(lines.at(-1))).toBeLessThan(60)
  })

  test('a container that is full can be looked at, stopped and removed, and leaves nothing', async () => {
    const { id } = await engine.containers.create(
      withRoot(`${tooMuch}; sleep 60`, { writableBytes: megabyte }),
    )
    await engine.containers.start(id)
    for await (const _ of engine.containers.logs(id, { follow: true, tail: null, since: null })) break
    const copied = (async function* () {
      yield makeTar([{ path: 'large', content: Buffer.alloc(2 * megabyte, 'x') }])
    })()
    await expect(engine.containers.copyIn(id, '/', copied)).rejects.toMatchObject({
      code: 'ARCHIVE.NO_SPACE',
    })
    await engine.containers.stop(id, { timeoutMs: 5_000 })
    await engine.containers.remove(id)
    expect(claims()).toEqual([])
  })

  test('mapped root changes neither the project of a file nor what a directory passes on', async () => {
    await engine.volumes.create('kept', { sizeBytes: 4 * megabyte })
    const given = withVolume('echo x > /kept/file; echo x > /file; echo ready; sleep 60')
    const { id } = await engine.containers.create({
      ...given,
      limits: { ...given.limits, writableBytes: 4 * megabyte },
    })
    const { pid } = await engine.containers.start(id)
    for await (const _ of engine.containers.logs(id, { follow: true, tail: null, since: null })) break
    const words = ['--target', String(pid), '--user', '--setuid', '0', '--setgid', '0', '--']
    for (const path of ['/kept', '/kept/file', '/', '/file']) {
      const { stdout } = await localRunner.run({
        argv: ['nsenter', ...words, execPath, changeProject, `/proc/${pid}/root${path}`, '0'] as [
          string,
          ...string[],
        ],
      })
      const attempts = stdout.trim().split(' ')
      expect(attempts).toHaveLength(2)
      expect(attempts[0]).toMatch(/^E/)
      // A file has nothing that it could pass on, so there is nothing to change.
      if (!path.endsWith('file')) expect(attempts[1]).toMatch(/^E/)
    }
  })

  test('nothing comes into a limited tree, or out of it, uncounted', async () => {
    await engine.volumes.create('one', { sizeBytes: 4 * megabyte })
    await engine.volumes.create('other', { sizeBytes: 4 * megabyte })
    const [one, other] = [dataOf('one'), dataOf('other')]
    writeFileSync(`${one}/file`, 'x'.repeat(megabyte))
    const crossing = expect.objectContaining({ code: 'EXDEV' })
    expect(() => linkSync(`${one}/file`, `${other}/file`)).toThrow(crossing)
    expect(() => renameSync(`${one}/file`, `${other}/file`)).toThrow(crossing)
    mkdirSync(`${disk.path}/outside`, { recursive: true })
    renameSync(`${one}/file`, `${disk.path}/outside/file`)
    expect((await engine.volumes.usage('one'))?.bytes).toBeGreaterThan(megabyte)
    rmSync(`${disk.path}/outside`, { recursive: true })
  })

  test('what the image has at a volume’s place must fit', async () => {
    const image = makeTar([{ path: 'full/large', content: Buffer.alloc(megabyte, 'x') }])
    await engine.images.importRootfs(
      (async function* () {
        yield image
      })(),
      'with-files',
    )
    await engine.volumes.create('kept', { sizeBytes: 131_072 })
    const mounts = [{ kind: 'volume', volume: 'kept', target: '/full', readOnly: false }] as const
    const { id } = await engine.containers.create(spec('true', { image: 'with-files', mounts }))
    await expect(engine.containers.start(id)).rejects.toMatchObject({ code: 'VOLUME.FULL' })
  })

  test('a new engine finds limits as they were, gives lost ones back, and frees what nobody has', async () => {
    await engine.volumes.create('kept', { sizeBytes: 4 * megabyte })
    const project = calls.projectOf(dataOf('kept'))?.project ?? 0
    calls.setLimits(project, noLimits)
    writeFileSync(`${home.home}/projects/${project + 1}`, '')
    calls.setLimits(project + 1, { bytes: megabyte, files: null })
    await engine.close()
    engine = await openHostEngine(home)
    expect(calls.look(project).limits.bytes).toBe(4 * megabyte)
    expect(calls.look(project + 1).limits).toEqual(noLimits)
    expect(claims()).toEqual([String(project)])
  })

  test('kernels without quotactl_fd are asked by the device', async () => {
    await engine.volumes.create('kept', { sizeBytes: 4 * megabyte })
    const project = calls.projectOf(dataOf('kept'))?.project ?? 0
    const words = Buffer.alloc(72)
    controlQuotaByDevice(disk.mounted.source, { request: 0x800007, project, words })
    expect(readLook(words)).toEqual(calls.look(project))
  })
}
