// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { command, localRunner } from '@berth/command'
import { isBerthError, type SourceTree, type StageEvent, type TreeEntry } from '@berth/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGroupRecords, rangeOf } from '../container/group-records.ts'
import { type OverlayFileSystems, openOverlayFileSystems } from '../drivers/overlay-file-systems.ts'
import { runcSandbox } from '../drivers/runc-sandbox.ts'
import type { BuildRequest, Image } from '../engine.ts'
import { openNetworks } from '../network/networks.ts'
import { openHostParts } from '../sandbox/host-parts.ts'
import { type ImageStore, openImageStore } from '../store/image-store.ts'
import { mount, unmount } from '../system/syscalls.ts'
import { makeBusyboxRoot } from '../testing/busybox-root.ts'
import { openBuildCache } from './build-cache.ts'
import { type Builder, type BuilderParts, createBuilder } from './build-image.ts'

const home = mkdtempSync(join(tmpdir(), 'berth-build-'))
const megabyte = 1024 * 1024
let fileSystems: OverlayFileSystems
let images: ImageStore
let builderParts: BuilderParts
let build: Builder
let end: () => Promise<void>

beforeAll(async () => {
  const options = { home, run: `${home}/run`, commands: localRunner }
  const parts = openHostParts(options)
  fileSystems = await openOverlayFileSystems(options)
  images = await openImageStore({ home, fileSystems, commands: localRunner })
  await makeBaseImage()
  const groups = await openGroupRecords(parts.places.groups, process.pid)
  const group = () => groups.ensure('build', () => new Set())
  const networks = await openNetworks({ commands: localRunner, places: parts.places, groups })
  const range = rangeOf(await group())
  const sandbox = runcSandbox(parts, async () => networks, group)
  const cache = await openBuildCache(home)
  builderParts = { fileSystems, sandbox, commands: localRunner, images, cache, range }
  build = createBuilder(builderParts)
  end = async () => {
    await networks.destroy()
    await parts.cgroups.remove(parts.places.cgroupParent)
  }
})

afterAll(async () => {
  await end()
  await fileSystems.close()
  await rm(home, { recursive: true })
})

async function makeBaseImage(): Promise<void> {
  const root = `${home}/busybox`
  await mkdir(root)
  await makeBusyboxRoot(root)
  await mkdir(`${root}/usr/share`, { recursive: true })
  await localRunner.run(command('ln', '-s', '/etc', `${root}/usr/share/absolute`))
  await localRunner.run(command('tar', '-cf', `${home}/busybox.tar`, '-C', root, '.'))
  await images.importRootfs(`${home}/busybox.tar`, 'busybox')
  await rm(root, { recursive: true })
}

type Files = Record<string, string | Buffer>

/** `name*` is executable, `name -> target` a link. */
function treeOf(files: Files): SourceTree {
  const contents = new Map<string, Buffer>()
  const entries = Object.entries(files).map(([given, content]): TreeEntry => {
    const [path = '', target] = given.replace(/\*$/, '').split(' -> ')
    const bytes = Buffer.from(target ?? content)
    contents.set(path, bytes)
    return {
      path,
      kind: target === undefined ? 'file' : 'link',
      executable: given.endsWith('*'),
      contentId: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
    }
  })
  return {
    entries: async () => entries.sort((one, other) => (one.path < other.path ? -1 : 1)),
    async *read(wanted) {
      for (const entry of wanted) {
        const bytes = contents.get(entry.path) ?? Buffer.alloc(0)
        yield { entry, content: bytes.subarray(0, 3) }
        if (bytes.length > 3) yield { entry, content: bytes.subarray(3) }
      }
    },
  }
}

type Built = { image: Image; events: StageEvent[]; steps: string[]; lines: string[] }

function requestOf(files: Files, over: Partial<BuildRequest> = {}): BuildRequest {
  return {
    tree: treeOf(files),
    dockerfilePath: 'Dockerfile',
    target: null,
    arguments: {},
    labels: {},
    names: [],
    cacheScope: 'test',
    limits: {
      memoryBytes: 64 * megabyte,
      cpuWeight: 50,
      pids: 100,
      timeoutMs: 60_000,
      diskBytes: 512 * megabyte,
    },
    authorities: null,
    noCache: false,
    ...over,
  }
}

async function buildOf(files: Files, over: Partial<BuildRequest> = {}, signal?: AbortSignal): Promise<Built> {
  const events: StageEvent[] = []
  const request = requestOf(files, over)
  const image = await build(request, (event) => events.push(event), signal ?? new AbortController().signal)
  const outcomes = events.flatMap((event) => (event.kind === 'step-finished' ? [event.outcome] : []))
  const started = events.flatMap((event) => (event.kind === 'step-started' ? [event.title] : []))
  return {
    image,
    events,
    steps: started.map((title, index) => `${title}: ${outcomes[index]}`),
    lines: events.flatMap((event) => (event.kind === 'line' ? [event.text] : [])),
  }
}

const dockerfile = (...lines: string[]) => lines.join('\n')

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isBerthError(error)) throw error ?? new Error('nothing was refused')
  return error
}

/** Lets `look` see the files of an image. */
async function inside<Result>(image: Image, look: (root: string) => Promise<Result>): Promise<Result> {
  const directory = await fileSystems.temporaryDirectory()
  const mount = await fileSystems.mount({ layers: image.layers, directory, range: null, readOnly: true })
  try {
    return await look(mount.root)
  } finally {
    mount.unmount()
    await rm(directory, { recursive: true })
  }
}

const read = (image: Image, path: string) => inside(image, (root) => readFile(`${root}${path}`, 'utf8'))

async function stat(image: Image, path: string): Promise<string> {
  const { mode, uid, gid } = await inside(image, (root) => lstat(`${root}${path}`))
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
}

/** Nothing of a build may stay in the scratch space, or mounted. */
async function leftovers(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  return mounts.filter((line) => line.includes(home) && line.includes('/root '))
}

describe('a build', () => {
  test('runs, copies, and makes an image with its names', async () => {
    const { image, steps, lines } = await buildOf(
      {
        Dockerfile: dockerfile(
          'FROM busybox',
          'ENV GREETING=hello',
          'WORKDIR /app',
          'COPY . .',
          'RUN cat message && echo $GREETING > made && pwd',
          'USER app',
          'EXPOSE 8080',
          'CMD ["./start"]',
        ),
        message: 'from the context',
        'start*': '#!/bin/sh\n',
      },
      { names: ['shop:1', 'shop'], labels: { app: 'shop' } },
    )
    expect(steps).toEqual([
      '[1/4] FROM busybox: cached',
      '[2/4] WORKDIR /app: done',
      '[3/4] COPY . .: done',
      '[4/4] RUN cat message && echo $GREETING > made && pwd: done',
    ])
    expect(lines).toEqual(['from the context/app'])
    expect(await read(image, '/app/made')).toBe('hello\n')
    expect(image.config).toMatchObject({
      command: ['./start'],
      workingDirectory: '/app',
      user: 'app',
      exposedPorts: ['8080/tcp'],
      labels: { app: 'shop' },
    })
    expect((await images.get('shop:1')).digest).toBe(image.digest)
    expect(await leftovers()).toEqual([])
  })

  test('again, with nothing changed, does nothing and gives the same image', async () => {
    const files = {
      Dockerfile: dockerfile('FROM busybox', 'COPY a /a', 'RUN date > /made', 'RUN true'),
      a: '1',
    }
    const first = await buildOf(files)
    const second = await buildOf(files)
    expect(second.steps.every((step) => step.endsWith(': cached'))).toBe(true)
    expect(second.image.digest).toBe(first.image.digest)
  })

  test('with a changed file does again what stands on it, and only that', async () => {
    const text = dockerfile('FROM busybox', 'RUN echo deps > /deps', 'COPY a /a', 'RUN cat /a > /b')
    await buildOf({ Dockerfile: text, a: 'one' })
    const { steps, image } = await buildOf({ Dockerfile: text, a: 'two', 'not-copied': 'x' })
    expect(steps.map((step) => step.split(': ').at(-1))).toEqual(['cached', 'cached', 'done', 'done'])
    expect(await read(image, '/b')).toBe('two')
  })

  test('without the cache does everything', async () => {
    const files = { Dockerfile: dockerfile('FROM busybox', 'RUN echo 1 > /x') }
    await buildOf(files)
    const { steps } = await buildOf(files, { noCache: true })
    expect(steps.at(-1)).toMatch(/: done$/)
  })

  test('makes a layer again that is gone', async () => {
    const files = { Dockerfile: dockerfile('FROM busybox', 'RUN echo gone > /gone') }
    const { image } = await buildOf(files)
    await fileSystems.removeLayer(image.layers.at(-1) ?? '')
    const { steps, image: again } = await buildOf(files)
    expect(steps.at(-1)).toMatch(/: done$/)
    expect(await read(again, '/gone')).toBe('gone\n')
  })

  test('keeps no layer of a step that changed nothing', async () => {
    const base = await images.get('busybox')
    const files = { Dockerfile: dockerfile('FROM busybox', 'RUN true', 'WORKDIR /tmp') }
    expect((await buildOf(files)).image.layers).toEqual(base.layers)
    expect((await buildOf(files)).steps.map((step) => step.split(': ').at(-1))).toEqual([
      'cached',
      'cached',
      'cached',
    ])
  })

  test('keeps of a step what it changed, and nothing that was only touched on the way', async () => {
    const { image } = await buildOf({
      Dockerfile: dockerfile(
        'FROM busybox',
        'RUN echo kept > /kept; ls /etc/hosts',
        'RUN echo short > /tmp/lived && rm /tmp/lived',
        'RUN chmod 711 /home',
        'RUN mkdir -p /usr/share/x && rmdir /usr/share/x',
      ),
    })
    const made = image.layers.slice((await images.get('busybox')).layers.length)
    const held = await Promise.all(made.map((layer) => readdir(fileSystems.layerPath(layer))))
    expect(held).toEqual([['kept'], ['home']])
    expect(await stat(image, '/tmp')).toBe('1777 0:0')
  })

  test('keeps an empty directory that a layer below has, but another one hides', async () => {
    const { image } = await buildOf({
      Dockerfile: dockerfile(
        'FROM busybox',
        'RUN mkdir -p /a/b /c/d',
        'RUN rm -rf /a /c && mkdir /a',
        'RUN mkdir /a/b && mkdir -p /c/d',
      ),
    })
    expect(await stat(image, '/a/b')).toBe('755 0:0')
    expect(await stat(image, '/c/d')).toBe('755 0:0')
  })

  test('of several stages takes from one what the other names', async () => {
    const { image, steps } = await buildOf({
      Dockerfile: dockerfile(
        'FROM busybox AS build',
        'RUN mkdir -p /out/sub && echo bin > /out/app && chmod 750 /out/app && chown 1000:2000 /out/app',
        'RUN ln -s app /out/link && ln /out/app /out/sub/hard && ln -s /out /way && echo x > /out/x.txt',
        'FROM busybox AS unused',
        'RUN exit 1',
        'FROM scratch',
        'COPY --from=build /way/ /srv/',
        'COPY --from=build /out/*.txt /out/link /texts/',
        'COPY --from=build --chown=7:8 --chmod=u=rw,go= /out/app /owned',
        'COPY --from=busybox /etc/passwd /etc/passwd',
      ),
    })
    expect(steps.some((step) => step.includes('unused'))).toBe(false)
    expect(await stat(image, '/srv/app')).toBe('750 1000:2000')
    expect(await inside(image, (root) => readlink(`${root}/srv/link`))).toBe('app')
    const linked = await inside(image, async (root) => [
      (await lstat(`${root}/srv/app`)).ino,
      (await lstat(`${root}/srv/sub/hard`)).ino,
    ])
    expect(linked[0]).toBe(linked[1])
    expect(await read(image, '/texts/x.txt')).toBe('x\n')
    expect(await read(image, '/texts/link')).toBe('bin\n')
    expect(await stat(image, '/owned')).toBe('600 7:8')
    expect(await read(image, '/etc/passwd')).toMatch(/^root:/)
  })

  test('has its arguments and authorities in RUN, and in nothing that lasts', async () => {
    const authorities = `${home}/authorities.pem`
    await writeFile(authorities, 'CERTIFICATE')
    await chmod(authorities, 0o644)
    const files = {
      Dockerfile: dockerfile(
        'FROM busybox',
        'ARG BERTH_REVISION',
        'RUN echo $BERTH_REVISION $SSL_CERT_FILE; cat $NODE_EXTRA_CA_CERTS; echo done > /done',
      ),
    }
    const { lines, image } = await buildOf(files, { authorities, arguments: { BERTH_REVISION: 'abc' } })
    expect(lines).toEqual(['abc /run/berth/ca-certificates.crt', 'CERTIFICATE'])
    expect(JSON.stringify(image.config)).not.toMatch(/CERT|abc/)
    expect(await inside(image, (root) => readdir(root))).not.toContain('run')
    const again = await buildOf(files, { arguments: { BERTH_REVISION: 'abc' } })
    expect(again.steps.at(-1)).toMatch(/: cached$/)
  })

  test('runs heredocs, also as a program of their own', async () => {
    const { lines } = await buildOf({
      Dockerfile: dockerfile(
        'FROM busybox',
        'COPY <<conf /etc/app.conf',
        'from=copy',
        'conf',
        'RUN <<EOF',
        'cat /etc/app.conf',
        'echo two',
        'EOF',
        'RUN <<EOF',
        '#!/bin/cat',
        'printed by cat',
        'EOF',
        'RUN cat <<A | cat',
        'text',
        'A',
      ),
    })
    expect(lines).toEqual(['from=copy', 'two', '#!/bin/cat', 'printed by cat', 'text'])
  })
})

describe('COPY and ADD from the context', () => {
  const copied = async (files: Files, ...lines: string[]) =>
    (await buildOf({ ...files, Dockerfile: dockerfile('FROM busybox', ...lines) })).image

  test('give files 0644 or 0755, directories 0755, and root as owner', async () => {
    const image = await copied(
      { 'd/a': 'x', 'd/run*': 'y', 'd/in/b': 'z', 'd/l -> ../a': '' },
      'COPY d /new/place',
    )
    expect(await stat(image, '/new/place/a')).toBe('644 0:0')
    expect(await stat(image, '/new/place/run')).toBe('755 0:0')
    expect(await stat(image, '/new/place/in')).toBe('755 0:0')
    expect(await stat(image, '/new')).toBe('755 0:0')
    expect(await inside(image, (root) => readlink(`${root}/new/place/l`))).toBe('../a')
  })

  test('look owners up in the image, and change modes', async () => {
    const image = await copied(
      { 'd/a': 'x', b: 'y' },
      'COPY --chown=app:extra d /d',
      'COPY --chown=1234 --chmod=0700 b /b',
      'COPY --chown=app b /made/by/',
    )
    expect(await stat(image, '/d/a')).toBe('644 1000:2000')
    expect(await stat(image, '/b')).toBe('700 1234:1234')
    expect(await stat(image, '/made')).toBe('755 1000:1000')
    const error = await refusal(copied({ b: 'y' }, 'COPY --chown=nobody-here b /b'))
    expect(error.code).toBe('BUILD.USER_UNKNOWN')
  })

  test.each([
    ['COPY a /x', '/x'],
    ['COPY a /x/', '/x/a'],
    ['COPY a /tmp', '/tmp/a'],
    ['COPY a tmp', '/tmp/a'],
    ['COPY d /x', '/x/b'],
    ['COPY d/ /x/', '/x/b'],
    ['COPY a d /x', '/x/a'],
    ['COPY a d/b /x/', '/x/b'],
    ['COPY a d/b .', '/b'],
    ['COPY *a /x', '/x'],
    ['COPY ["a", "/with space/"]', '/with space/a'],
    ['WORKDIR /w\nCOPY a ./sub/', '/w/sub/a'],
  ])('%s puts it at %s', async (line, path) => {
    const image = await copied({ a: 'content', 'd/b': 'content' }, ...line.split('\n'))
    expect(await read(image, path)).toBe('content')
  })

  test('refuse several files for one name', async () => {
    const error = await refusal(copied({ a: '1', b: '2' }, 'COPY a b /x'))
    expect(error.message).toMatch(/Dockerfile:2: several files need a directory/)
  })

  test('never leave the image, whatever links it holds', async () => {
    const outside = `${home}/outside`
    await mkdir(outside)
    const image = await copied(
      { 'd/absolute/file': 'in the image', a: 'written' },
      `RUN ln -s ${outside} /escape && ln -s ../../../..${outside} /up && ln -s ${outside}/target /file`,
      'COPY d /usr/share',
      'COPY a /escape/a',
      'COPY a /up/b',
      'COPY a /file',
    )
    expect(await readdir(outside)).toEqual([])
    expect(await read(image, '/etc/file')).toBe('in the image')
    expect(await read(image, `${outside}/a`)).toBe('written')
    expect((await inside(image, (root) => lstat(`${root}/file`))).isFile()).toBe(true)
  })

  test('go where links of the image lead, also those that lead to nothing yet', async () => {
    const image = await copied(
      { 'd/way/in/file': '1', 'd/dangling/file': '2', 'd/plain/in/file': '3' },
      'RUN mkdir -p /d /real/place && ln -s /real/place /d/way && ln -s ../later /d/dangling',
      'COPY d /d',
    )
    expect(await read(image, '/real/place/in/file')).toBe('1')
    expect(await read(image, '/later/file')).toBe('2')
    expect(await read(image, '/d/plain/in/file')).toBe('3')
    expect(await inside(image, (root) => readlink(`${root}/d/way`))).toBe('/real/place')
  })

  test.each([
    ['through a file', { 'd/bin/busybox/file': '1' }],
    ['under a name that no file can have', { [`d/${'n'.repeat(256)}/file`]: '1' }],
    ['deeper than a path can say', { [`d/${'long/'.repeat(900)}file`]: '1' }],
  ])('are refused in words: %s', async (_what, files) => {
    expect((await refusal(copied(files, 'COPY d /'))).code).toBe('BUILD.COPY_CONFLICT')
  })

  test('a link that leads out of the context stays a link', async () => {
    const image = await copied(
      { 'd/out -> /etc/shadow': '', 'd/up -> ../../../../etc/shadow': '' },
      'COPY d /d',
    )
    expect(await inside(image, (root) => readlink(`${root}/d/out`))).toBe('/etc/shadow')
    const error = await refusal(copied({ 'out -> /etc/shadow': '' }, 'COPY out /shadow'))
    expect(error.code).toBe('BUILD.SOURCE_NOT_FOUND')
  })

  test('do not put a file in a directory’s place', async () => {
    const error = await refusal(copied({ 'd/etc': 'a file' }, 'COPY d /'))
    expect(error.code).toBe('BUILD.COPY_CONFLICT')
  })

  test('ADD unpacks archives, compressed or not, and copies everything else', async () => {
    const work = `${home}/archive`
    await mkdir(`${work}/in`, { recursive: true })
    await writeFile(`${work}/in/file`, 'unpacked')
    await localRunner.run(command('tar', '-cf', `${work}/plain.tar`, '-C', work, 'in'))
    await localRunner.run(command('tar', '-cJf', `${work}/xz`, '-C', work, 'in'))
    const plain = await readFile(`${work}/plain.tar`)
    const image = await copied(
      {
        'p.tar': plain,
        'g.tgz': gzipSync(plain),
        x: await readFile(`${work}/xz`),
        'data.gz': gzipSync('just data'),
      },
      'ADD p.tar /p/',
      'ADD g.tgz /g/',
      'ADD x /x/',
      'ADD data.gz /data/',
      'ADD --unpack=false p.tar /kept.tar',
    )
    for (const path of ['/p', '/g', '/x']) expect(await read(image, `${path}/in/file`)).toBe('unpacked')
    expect(await inside(image, (root) => readdir(`${root}/data`))).toEqual(['data.gz'])
    expect((await inside(image, (root) => lstat(`${root}/kept.tar`))).size).toBe(plain.length)
  })
})

describe('files that did not change', () => {
  const files = (over: Files = {}): Files => ({
    ...Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`src/d${index % 3}/f${index}`, `content ${index}`]),
    ),
    'src/run*': 'program',
    'src/link -> run': '',
    ...over,
  })
  const inode = (image: Image, path: string) =>
    inside(image, async (root) => (await lstat(`${root}${path}`)).ino)

  test('are linked from the layer of the last COPY, and the others written', async () => {
    const text = dockerfile('FROM busybox', 'COPY src /app/src')
    const first = (await buildOf({ ...files(), Dockerfile: text }, { cacheScope: 'linked' })).image
    const changed = files({ 'src/d0/f0': 'changed', 'src/new': 'new', 'src/run': 'no program now' })
    delete changed['src/run*']
    delete changed['src/d1/f1']
    const second = (await buildOf({ ...changed, Dockerfile: text }, { cacheScope: 'linked' })).image

    expect(await inode(second, '/app/src/d2/f2')).toBe(await inode(first, '/app/src/d2/f2'))
    expect(await read(second, '/app/src/d0/f0')).toBe('changed')
    expect(await read(first, '/app/src/d0/f0')).toBe('content 0')
    expect(await read(second, '/app/src/new')).toBe('new')
    expect(await stat(second, '/app/src/run')).toBe('644 0:0')
    expect(await inside(second, (root) => readdir(`${root}/app/src/d1`))).not.toContain('f1')
    expect(await inside(second, (root) => readlink(`${root}/app/src/link`))).toBe('run')
  })

  test('take the place of what the base image has there', async () => {
    const text = (last: string) =>
      dockerfile(
        'FROM busybox',
        `RUN mkdir -p /app/src/d0 && chmod 700 /app/src/d0 && echo ${last} > /app/src/d0/f3`,
        'COPY src /app/src',
      )
    await buildOf({ ...files(), Dockerfile: text('one') }, { cacheScope: 'placed' })
    const { image } = await buildOf({ ...files(), Dockerfile: text('two') }, { cacheScope: 'placed' })
    expect(await read(image, '/app/src/d0/f3')).toBe('content 3')
    expect(await stat(image, '/app/src/d0')).toBe('700 0:0')
  })

  test('get another owner when the name means another id now', async () => {
    const text = (id: number) =>
      dockerfile(
        'FROM busybox',
        `RUN sed -i s/app:x:1000:/app:x:${id}:/ /etc/passwd`,
        'COPY --chown=app src /src',
      )
    await buildOf({ ...files(), Dockerfile: text(1001) }, { cacheScope: 'owned' })
    const { image } = await buildOf({ ...files(), Dockerfile: text(1002) }, { cacheScope: 'owned' })
    expect(await stat(image, '/src/d0/f3')).toBe('644 1002:1000')
  })

  test('of another stage are linked from its layers', async () => {
    const { image } = await buildOf(
      {
        ...files(),
        Dockerfile: dockerfile(
          'FROM busybox AS build',
          'COPY src /out',
          'RUN echo more > /out/more && chmod 4711 /out/more && rm /out/d0/f3 && echo again > /out/d0/f0',
          'FROM busybox',
          'COPY --from=build /out /in',
          'COPY --from=build --chown=5 /out/d2 /owned',
        ),
      },
      { cacheScope: 'stages', target: null },
    )
    expect(await read(image, '/in/d2/f2')).toBe('content 2')
    expect(await read(image, '/in/d0/f0')).toBe('again\n')
    expect(await stat(image, '/in/more')).toBe('4711 0:0')
    expect(await stat(image, '/in/run')).toBe('755 0:0')
    expect(await inside(image, (root) => readdir(`${root}/in/d0`))).not.toContain('f3')
    expect(await stat(image, '/owned/f2')).toBe('644 5:5')
    expect((await inside(image, (root) => lstat(`${root}/in/d2/f2`))).nlink).toBeGreaterThan(1)
  })
})

describe('a build that fails', () => {
  const failed = (lines: string[], over: Partial<BuildRequest> = {}, files: Files = {}) =>
    refusal(buildOf({ ...files, Dockerfile: dockerfile('FROM busybox', ...lines) }, over))
  const limits = {
    memoryBytes: 64 * megabyte,
    cpuWeight: 50,
    pids: 100,
    timeoutMs: 60_000,
    diskBytes: 512 * megabyte,
  }

  test('names command, exit code and line, and leaves nothing mounted', async () => {
    const error = await failed(['RUN echo fine', 'RUN echo oops >&2; exit 3'])
    expect(error.code).toBe('BUILD.STEP_FAILED')
    expect(error.message).toMatch(/^Dockerfile:3: "echo oops >&2; exit 3" ended with exit code 3\./)
    expect(await leftovers()).toEqual([])
  })

  test('by memory says so', async () => {
    const error = await failed(['RUN dd if=/dev/zero of=/dev/null bs=200M count=1'])
    expect(error.code).toBe('BUILD.OUT_OF_MEMORY')
    expect(error.message).toMatch(/killed: out of memory at 64 MB/)
  })

  test('by time says so', async () => {
    const error = await failed(['RUN sleep 30'], { limits: { ...limits, timeoutMs: 700 } })
    expect(error.code).toBe('BUILD.TIMED_OUT')
  })

  test('by disk is stopped and says so', async () => {
    const small = { limits: { ...limits, diskBytes: 8 * megabyte } }
    const error = await failed(['RUN dd if=/dev/zero of=/big bs=1M count=64 && sleep 20'], small)
    expect(error.code).toBe('BUILD.OVER_DISK_LIMIT')
    const copying = await failed(['COPY big /big'], small, { big: Buffer.alloc(9 * megabyte) })
    expect(copying.code).toBe('BUILD.OVER_DISK_LIMIT')
  })

  test('when it is broken off, with the reason, and nothing left', async () => {
    const stop = new AbortController()
    const reason = new Error('the pusher left')
    const building = buildOf({ Dockerfile: dockerfile('FROM busybox', 'RUN sleep 30') }, {}, stop.signal)
    setTimeout(() => stop.abort(reason), 400)
    await expect(building).rejects.toBe(reason)
    expect(await leftovers()).toEqual([])
  })

  test('for want of a program or a user', async () => {
    expect((await failed(['USER ghost', 'RUN id'])).code).toBe('BUILD.CANNOT_RUN')
    expect((await failed(['RUN ["/no/such/program"]'])).code).toBe('BUILD.CANNOT_RUN')
  })

  test('for want of its base image names the line', async () => {
    const error = await refusal(buildOf({ Dockerfile: 'FROM missing:1\n' }))
    expect(error.code).toBe('IMAGE.NOT_FOUND')
    expect(error.message).toMatch(/^Dockerfile:1: There is no image "missing:1"/)
    expect(error.hint).toMatch(/berth image bootstrap/)
  })

  test('for want of a Dockerfile shows one for the language', async () => {
    const error = await refusal(buildOf({ 'package.json': '{}' }))
    expect(error.code).toBe('BUILD.NO_DOCKERFILE')
    expect(error.hint).toMatch(/npm ci/)
    expect((await refusal(buildOf({ 'Dockerfile -> /etc/passwd': '' }))).code).toBe('BUILD.NO_DOCKERFILE')
  })

  test.each(['../Dockerfile', '/etc/passwd', 'a/../../b', ''])(
    'for a Dockerfile at %j',
    async (dockerfilePath) => {
      const error = await refusal(buildOf({ Dockerfile: 'FROM busybox' }, { dockerfilePath }))
      expect(error.code).toBe('BUILD.DOCKERFILE_OUTSIDE')
    },
  )

  test('for a Dockerfile of more than a megabyte', async () => {
    const error = await refusal(buildOf({ Dockerfile: `FROM busybox\n${'#'.repeat(megabyte)}` }))
    expect(error.code).toBe('BUILD.TOO_LARGE')
  })

  test('for an archive that is damaged names it', async () => {
    await writeFile(`${home}/in-archive`, 'x'.repeat(5_000))
    await localRunner.run(command('tar', '-cf', `${home}/whole.tar`, '-C', home, 'in-archive'))
    const cut = (await readFile(`${home}/whole.tar`)).subarray(0, 2_048)
    const error = await failed(['ADD cut.tar /'], {}, { 'cut.tar': cut })
    expect(error.code).toBe('BUILD.ARCHIVE_INVALID')
    expect(error.message).toMatch(/^Dockerfile:2: the archive "cut.tar" cannot be unpacked/)
  })

  test('for a full disk says so, and that it may be tried again', async () => {
    const small = `${home}/small-disk`
    await mkdir(small)
    mount({ source: 'tmpfs', target: small, type: 'tmpfs', data: 'size=4m' })
    const onIt = await openOverlayFileSystems({ home: small, run: `${small}/run`, commands: localRunner })
    try {
      const error = await refusal(
        createBuilder({ ...builderParts, fileSystems: onIt })(
          requestOf({ Dockerfile: 'FROM scratch\nCOPY big /', big: Buffer.alloc(8 * megabyte) }),
          () => undefined,
          new AbortController().signal,
        ),
      )
      expect(error).toMatchObject({ code: 'BUILD.DISK_FULL', retryable: true })
      expect(error.message).toMatch(/^Dockerfile:2: /)
    } finally {
      await onIt.close()
      unmount(small)
    }
  })

  test('keeps the layers of the steps that were done', async () => {
    const text = (last: string) => dockerfile('FROM busybox', 'RUN echo slow > /slow', last)
    await refusal(buildOf({ Dockerfile: text('RUN exit 1') }))
    expect((await buildOf({ Dockerfile: text('RUN true') })).steps[1]).toMatch(/: cached$/)
  })

  test('uses the ignore file beside its Dockerfile before the one at the top', async () => {
    const { image } = await buildOf(
      {
        'docker/web.Dockerfile': dockerfile('FROM busybox', 'COPY . /all'),
        'docker/web.Dockerfile.dockerignore': '*.secret',
        '.dockerignore': 'kept',
        kept: '1',
        'a.secret': '2',
      },
      { dockerfilePath: 'docker/web.Dockerfile' },
    )
    const names = await inside(image, (root) => readdir(`${root}/all`))
    expect(names).toContain('kept')
    expect(names).not.toContain('a.secret')
  })
})
