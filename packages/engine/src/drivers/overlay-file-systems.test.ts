import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { execPath, pid } from 'node:process'
import { command, localRunner } from '@berth/command'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { IdRange } from '../filesystem.ts'
import { idMappedMounts } from '../system/id-mapped-mounts.ts'
import { mountsUnder } from '../system/mount-table.ts'
import { getAttribute, makeNode, setAttribute } from '../system/syscalls.ts'
import { withUserNamespace } from '../system/user-namespace.ts'
import { type OverlayFileSystems, openOverlayFileSystems } from './overlay-file-systems.ts'

const range: IdRange = { start: 1_000_000, size: 65_536 }
const otherRange: IdRange = { start: 2_000_000, size: 65_536 }

let base: string
let files: OverlayFileSystems

const open = () => openOverlayFileSystems({ home: `${base}/home`, run: `${base}/run`, commands: localRunner })

beforeEach(async () => {
  base = mkdtempSync('/tmp/berth-overlay-')
  chmodSync(base, 0o711)
  files = await open()
})

afterEach(async () => {
  await files.close()
  expect(mountsUnder(base)).toEqual([])
  rmSync(base, { recursive: true })
})

/** A layer with the files that `fill` puts into its tree. */
async function layerOf(fill: (tree: string) => void): Promise<string> {
  const upper = `${await files.temporaryDirectory()}/upper`
  mkdirSync(upper)
  fill(upper)
  return (await files.seal(upper, null)).id
}

/** What a step that runs as the range's root and user 33 would leave, written into a fresh upper directory. */
async function written(script: string, layers: string[] = []): Promise<string> {
  const directory = await files.temporaryDirectory()
  const mounted = await files.mount({ layers, directory, range })
  await withUserNamespace(localRunner, range, (namespace) =>
    localRunner.run({
      argv: [
        'nsenter',
        `--user=/proc/${pid}/fd/${namespace}`,
        '--setuid=0',
        '--setgid=0',
        '--',
        'sh',
        '-ec',
        script,
      ],
      cwd: mounted.root,
    }),
  )
  mounted.unmount()
  return `${directory}/upper`
}

describe('a mounted root', () => {
  test('shows its layers, the last on top, as the range’s ids', async () => {
    const low = await layerOf((tree) => {
      writeFileSync(`${tree}/a`, 'low')
      writeFileSync(`${tree}/b`, 'low')
    })
    const high = await layerOf((tree) => writeFileSync(`${tree}/a`, 'high'))
    const mounted = await files.mount({
      layers: [low, high],
      directory: await files.temporaryDirectory(),
      range,
    })
    expect([readFileSync(`${mounted.root}/a`, 'utf8'), readFileSync(`${mounted.root}/b`, 'utf8')]).toEqual([
      'high',
      'low',
    ])
    expect(statSync(`${mounted.root}/b`).uid).toBe(range.start)
    expect(statSync(mounted.root).uid).toBe(range.start)
    mounted.unmount()
  })

  test('with no range shows ids as they are stored', async () => {
    const layer = await layerOf((tree) => writeFileSync(`${tree}/a`, ''))
    const mounted = await files.mount({
      layers: [layer],
      directory: await files.temporaryDirectory(),
      range: null,
    })
    expect(statSync(`${mounted.root}/a`).uid).toBe(0)
    mounted.unmount()
  })

  test('takes writes in its upper directory and leaves its layers alone', async () => {
    const layer = await layerOf((tree) => writeFileSync(`${tree}/a`, 'layer'))
    const directory = await files.temporaryDirectory()
    const mounted = await files.mount({ layers: [layer], directory, range })
    writeFileSync(`${mounted.root}/a`, 'changed')
    mounted.unmount()
    expect(readFileSync(`${files.layerPath(layer)}/a`, 'utf8')).toBe('layer')
    expect(readFileSync(`${directory}/upper/a`, 'utf8')).toBe('changed')
  })

  test.each([[true], [false]])('comes back with what was written before (volatile: %s)', async (volatile) => {
    const directory = await files.temporaryDirectory()
    const first = await files.mount({ layers: [], directory, range, volatile })
    writeFileSync(`${first.root}/a`, 'kept')
    first.unmount()
    const second = await files.mount({ layers: [], directory, range, volatile })
    expect(readFileSync(`${second.root}/a`, 'utf8')).toBe('kept')
    second.unmount()
  })

  test('takes no writes when it is read-only', async () => {
    const layer = await layerOf((tree) => writeFileSync(`${tree}/a`, 'layer'))
    const directory = await files.temporaryDirectory()
    const mounted = await files.mount({ layers: [layer], directory, range, readOnly: true })
    expect(() => writeFileSync(`${mounted.root}/a`, '')).toThrow(expect.objectContaining({ code: 'EROFS' }))
    mounted.unmount()
  })

  test('stands on 250 layers in their order, and says so when they are too many', async () => {
    const layers: string[] = []
    for (let index = 0; index < 250; index += 1) {
      layers.push(
        await layerOf((tree) => {
          writeFileSync(`${tree}/${index}`, '')
          writeFileSync(`${tree}/highest`, `${index}`)
        }),
      )
    }
    const directory = await files.temporaryDirectory()
    for (const options of [{ range }, { range: null, readOnly: true }]) {
      const mounted = await files.mount({ layers, directory, ...options })
      expect(readdirSync(mounted.root)).toHaveLength(251)
      expect(readFileSync(`${mounted.root}/highest`, 'utf8')).toBe('249')
      mounted.unmount()
    }
    expect(readdirSync(directory).sort()).toEqual(['empty', 'root', 'upper', 'work'])
    const many = files.mount({ layers: [...layers, ...layers], directory, range })
    await expect(many).rejects.toMatchObject({ code: 'SYSTEM.TOO_MANY_LAYERS' })
  })

  test('serves two ranges at once, each with its own ids', async () => {
    const layer = await layerOf((tree) => writeFileSync(`${tree}/a`, ''))
    const roots = await Promise.all(
      [range, otherRange, range].map(async (each) =>
        files.mount({ layers: [layer], directory: await files.temporaryDirectory(), range: each }),
      ),
    )
    expect(roots.map(({ root }) => statSync(`${root}/a`).uid)).toEqual([1_000_000, 2_000_000, 1_000_000])
    expect(mountsUnder(`${base}/run`)).toHaveLength(2)
    for (const mounted of roots) mounted.unmount()
  })

  test('on a file system that cannot map ids is refused in words', async () => {
    const mapped = idMappedMounts({ commands: localRunner, directory: '/proc', points: `${base}/points` })
    await expect(mapped.pathFor(range)).rejects.toMatchObject({
      code: 'SYSTEM.ID_MAPPED_MOUNT_UNSUPPORTED',
      message: expect.stringContaining('EINVAL'),
    })
    await mapped.close()
  })

  test('of a layer that is not there is refused', async () => {
    for (const id of ['0123456789abcdef', '../../../etc']) {
      const mounted = files.mount({ layers: [id], directory: await files.temporaryDirectory(), range })
      await expect(mounted).rejects.toMatchObject({ code: 'LAYER.NOT_FOUND' })
    }
  })
})

describe('a sealed layer', () => {
  test('has the ids that the container saw, and set-id bits', async () => {
    const upper = await written(
      'touch a; chown 33:34 a; chmod 6755 a; mkdir -m 1777 t; ln -s /etc/shadow l; chown -h 33 l',
    )
    const record = await files.seal(upper, range)
    const tree = files.layerPath(record.id)
    const a = statSync(`${tree}/a`)
    expect([a.uid, a.gid, a.mode & 0o7777]).toEqual([33, 34, 0o6755])
    expect([statSync(`${tree}/t`).uid, statSync(`${tree}/t`).mode & 0o7777]).toEqual([0, 0o1777])
    expect([lstatSync(`${tree}/l`).uid, readlinkSync(`${tree}/l`)]).toEqual([33, '/etc/shadow'])
    expect(statSync(tree).uid).toBe(0)
    expect(existsSync(upper)).toBe(false)
    expect(await files.layer(record.id)).toEqual(record)
  })

  test('keeps file capabilities, for whatever range it is mounted for', async () => {
    const upper = await written('touch f; chmod 755 f')
    const revision3 = Buffer.alloc(24)
    revision3.writeUInt32LE(0x03000001, 0)
    revision3.writeUInt32LE(1 << 10, 4)
    revision3.writeUInt32LE(range.start, 20)
    setAttribute(`${upper}/f`, 'security.capability', revision3)
    const { id } = await files.seal(upper, range)
    const stored = getAttribute(`${files.layerPath(id)}/f`, 'security.capability')
    expect([stored?.length, stored?.readUInt32LE(0), stored?.readUInt32LE(4)]).toEqual([
      20,
      0x02000001,
      1 << 10,
    ])
    const mounted = await files.mount({
      layers: [id],
      directory: await files.temporaryDirectory(),
      range: otherRange,
    })
    expect(getAttribute(`${mounted.root}/f`, 'security.capability')?.readUInt32LE(20)).toBe(otherRange.start)
    mounted.unmount()
  })

  test('hides what was deleted below it', async () => {
    const below = await layerOf((tree) => {
      writeFileSync(`${tree}/gone`, '')
      mkdirSync(`${tree}/d`)
      writeFileSync(`${tree}/d/old`, '')
    })
    const { id } = await files.seal(await written('rm gone; rm -r d; mkdir d; touch d/new', [below]), range)
    const mounted = await files.mount({
      layers: [below, id],
      directory: await files.temporaryDirectory(),
      range,
    })
    expect([readdirSync(mounted.root), readdirSync(`${mounted.root}/d`)]).toEqual([['d'], ['new']])
    mounted.unmount()
  })

  test('counts its files and bytes, a hard link once', async () => {
    const id = await layerOf((tree) => {
      writeFileSync(`${tree}/a`, '12345')
      linkSync(`${tree}/a`, `${tree}/b`)
      symlinkSync('abc', `${tree}/l`)
    })
    expect(await files.layer(id)).toMatchObject({ files: 3, sizeBytes: 8 })
  })

  test('shifts a hard link once', async () => {
    const { id } = await files.seal(await written('touch a; chown 33 a; ln a b; mkdir d; ln a d/c'), range)
    expect(statSync(`${files.layerPath(id)}/d/c`).uid).toBe(33)
  })

  test('has no sockets, keeps pipes, and follows no link out', async () => {
    const victim = `${base}/victim`
    writeFileSync(victim, '')
    const before = lstatSync(victim)
    const script = `mkfifo p; ln -s ${victim} l; ln -s ${base} d; "${execPath}" -e "require('net').createServer().listen('s', () => process.exit())"; test -S s`
    const { id } = await files.seal(await written(script), range)
    expect(readdirSync(files.layerPath(id)).sort()).toEqual(['d', 'l', 'p'])
    expect(lstatSync(victim)).toEqual(before)
  })

  test('keeps names that are no text', async () => {
    const { id } = await files.seal(await written("touch $(printf 'a\\377')"), range)
    const [name] = readdirSync(files.layerPath(id), { encoding: 'buffer' })
    expect(name).toEqual(Buffer.from([0x61, 0xff]))
    expect(lstatSync(Buffer.concat([Buffer.from(`${files.layerPath(id)}/`), name as Buffer])).uid).toBe(0)
  })

  test('refuses devices and owners from elsewhere, and is not there then', async () => {
    const upper = `${await files.temporaryDirectory()}/upper`
    mkdirSync(upper)
    await localRunner.run(command('mknod', `${upper}/disk`, 'b', '7', '0'))
    await expect(files.seal(upper, null)).rejects.toMatchObject({ code: 'LAYER.INVALID' })
    const foreign = await written('touch f')
    await localRunner.run(command('chown', '70000', '--', `${foreign}/f`))
    await expect(files.seal(foreign, range)).rejects.toMatchObject({ code: 'LAYER.INVALID' })
    expect(await files.layers()).toEqual([])
  })

  test('of a tree deeper than a path can say is refused with a code', async () => {
    const script = `perl -e 'for (1..30) { mkdir "0" x 200; chdir "0" x 200 }'`
    const sealed = files.seal(await written(script), range)
    await expect(sealed).rejects.toMatchObject({ code: 'LAYER.INVALID' })
  })

  test('of 20,000 files takes about as long as chown -R', async () => {
    const upper = `${await files.temporaryDirectory()}/upper`
    for (let directory = 0; directory < 200; directory += 1) {
      mkdirSync(`${upper}/${directory}`, { recursive: true })
      for (let file = 0; file < 100; file += 1) writeFileSync(`${upper}/${directory}/${file}`, '')
    }
    const started = performance.now()
    await localRunner.run(command('chown', '-R', `${range.start}:${range.start}`, '--', upper))
    const chowned = performance.now()
    expect((await files.seal(upper, range)).files).toBe(20_201)
    expect(performance.now() - chowned).toBeLessThan((chowned - started) * 8 + 500)
  })
})

describe('the layers of a home', () => {
  test('can be removed, also twice', async () => {
    const id = await layerOf((tree) => makeNode(`${tree}/gone`, 'whiteout', 0))
    await files.removeLayer(id)
    await files.removeLayer(id)
    expect([await files.layer(id), await files.layers(), existsSync(files.layerPath(id))]).toEqual([
      undefined,
      [],
      false,
    ])
  })

  test('count only when both tree and record are whole', async () => {
    const noRecord = await layerOf(() => undefined)
    const brokenRecord = await layerOf(() => undefined)
    const noTree = await layerOf(() => undefined)
    const whole = await layerOf(() => undefined)
    rmSync(`${base}/home/layer-records/${noRecord}.json`)
    writeFileSync(`${base}/home/layer-records/${brokenRecord}.json`, '{"id":')
    rmSync(files.layerPath(noTree), { recursive: true })
    expect((await files.layers()).map(({ id }) => id)).toEqual([whole])
  })

  test('of an earlier boot count when their bytes are all there, and not when the power took some', async () => {
    const [whole, cut] = [
      await layerOf((tree) => writeFileSync(`${tree}/a`, 'all of it')),
      await layerOf((tree) => writeFileSync(`${tree}/a`, 'all of it')),
    ]
    writeFileSync(`${files.layerPath(cut)}/a`, '')
    for (const id of [whole, cut]) {
      const record = `${base}/home/layer-records/${id}.json`
      writeFileSync(
        record,
        JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), bootId: 'earlier' }),
      )
    }
    expect((await files.layers()).map(({ id }) => id)).toEqual([whole])
    expect(await files.layer(cut)).toBeUndefined()
    const mounted = files.mount({ layers: [cut], directory: await files.temporaryDirectory(), range })
    await expect(mounted).rejects.toMatchObject({ code: 'LAYER.NOT_FOUND' })
  })

  test('outlive the process; its scratch directories do not', async () => {
    const id = await layerOf(() => undefined)
    const scratch = await files.temporaryDirectory()
    await files.close()
    files = await open()
    expect((await files.layers()).map((layer) => layer.id)).toEqual([id])
    expect(existsSync(scratch)).toBe(false)
  })

  test('and what a killed process left, mounts too, is cleared at the next opening; a living one’s is not', async () => {
    const alive = await files.temporaryDirectory()
    const driver = new URL('./overlay-file-systems.ts', import.meta.url)
    const script = `
      const { openOverlayFileSystems } = await import('${driver}')
      const { localRunner } = await import('@berth/command')
      const files = await openOverlayFileSystems({ home: '${base}/home', run: '${base}/run', commands: localRunner })
      const directory = await files.temporaryDirectory()
      await files.mount({ layers: [], directory, range: { start: 1000000, size: 65536 } })
      process.stdout.write(directory)
      process.kill(process.pid, 'SIGKILL')`
    const child = localRunner.start({
      argv: [execPath, '--input-type=module', '--eval', script],
      cwd: new URL('../..', import.meta.url).pathname,
    })
    let left = ''
    for await (const piece of child.stdout ?? []) left += piece
    expect((await child.exited).signal).toBe('SIGKILL')
    expect(mountsUnder(left)).toHaveLength(1)
    const again = await open()
    expect([existsSync(left), existsSync(alive)]).toEqual([false, true])
    await again.close()
    expect(mountsUnder(`${base}/run`)).toEqual([])
  })
})
