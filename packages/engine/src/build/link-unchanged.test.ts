import { lstat, readdir, readlink } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Image } from '../engine.ts'
import { type BuildHome, dockerfile, type Files, makeBuildHome } from '../testing/build-home.ts'

let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

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
    at.inside(image, async (root) => (await lstat(`${root}${path}`)).ino)

  test('are linked from the layer of the last COPY, and the others written', async () => {
    const text = dockerfile('FROM busybox', 'COPY src /app/src')
    const first = (await at.build({ ...files(), Dockerfile: text }, { cacheScope: 'linked' })).image
    const changed = files({ 'src/d0/f0': 'changed', 'src/new': 'new', 'src/run': 'no program now' })
    delete changed['src/run*']
    delete changed['src/d1/f1']
    const second = (await at.build({ ...changed, Dockerfile: text }, { cacheScope: 'linked' })).image

    expect(await inode(second, '/app/src/d2/f2')).toBe(await inode(first, '/app/src/d2/f2'))
    expect(await at.read(second, '/app/src/d0/f0')).toBe('changed')
    expect(await at.read(first, '/app/src/d0/f0')).toBe('content 0')
    expect(await at.read(second, '/app/src/new')).toBe('new')
    expect(await at.stat(second, '/app/src/run')).toBe('644 0:0')
    expect(await at.inside(second, (root) => readdir(`${root}/app/src/d1`))).not.toContain('f1')
    expect(await at.inside(second, (root) => readlink(`${root}/app/src/link`))).toBe('run')
  })

  test('keep their time, and a changed file has another, however the files are named', async () => {
    const times = async (image: Image) => {
      const paths = ['/one/a', '/many/a', '/many/b', '/many/c']
      const found = await at.inside(image, (root) =>
        Promise.all(paths.map((path) => lstat(`${root}${path}`))),
      )
      return found.map(({ mtimeMs }) => mtimeMs)
    }
    const text = dockerfile('FROM busybox', 'COPY a /one/', 'COPY a b d /many/')
    const build = (files: Files) => at.build({ ...files, Dockerfile: text }, { cacheScope: 'timed' })
    const before = await times((await build({ a: '1', b: '1', 'd/c': '1' })).image)
    await new Promise((resolve) => setTimeout(resolve, 1_001))
    const { image } = await build({ a: '1', b: '2', 'd/c': '1' })
    const after = await times(image)
    expect(await at.read(image, '/many/b')).toBe('2')
    expect(after.map((time, index) => time === before[index])).toEqual([true, true, false, true])
  })

  test('of two that go to one place the last wins, whatever is remembered', async () => {
    const text = dockerfile('FROM busybox', 'COPY x/name y/name /to/')
    const build = (files: Files) => at.build({ ...files, Dockerfile: text }, { cacheScope: 'one place' })
    await build({ 'x/name': 'first', 'y/name': 'same' })
    const { image } = await build({ 'x/name': 'same', 'y/name': 'last' })
    expect(await at.read(image, '/to/name')).toBe('last')
  })

  test('take the place of what the base image has there', async () => {
    const text = (last: string) =>
      dockerfile(
        'FROM busybox',
        `RUN mkdir -p /app/src/d0 && chmod 700 /app/src/d0 && echo ${last} > /app/src/d0/f3`,
        'COPY src /app/src',
      )
    await at.build({ ...files(), Dockerfile: text('one') }, { cacheScope: 'placed' })
    const { image } = await at.build({ ...files(), Dockerfile: text('two') }, { cacheScope: 'placed' })
    expect(await at.read(image, '/app/src/d0/f3')).toBe('content 3')
    expect(await at.stat(image, '/app/src/d0')).toBe('755 0:0')
  })

  test('get another owner when the name means another id now', async () => {
    const text = (id: number) =>
      dockerfile(
        'FROM busybox',
        `RUN sed -i s/app:x:1000:/app:x:${id}:/ /etc/passwd`,
        'COPY --chown=app src /src',
      )
    await at.build({ ...files(), Dockerfile: text(1001) }, { cacheScope: 'owned' })
    const { image } = await at.build({ ...files(), Dockerfile: text(1002) }, { cacheScope: 'owned' })
    expect(await at.stat(image, '/src/d0/f3')).toBe('644 1002:1000')
  })

  test('of another stage are linked from its layers', async () => {
    const { image } = await at.build(
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
    expect(await at.read(image, '/in/d2/f2')).toBe('content 2')
    expect(await at.read(image, '/in/d0/f0')).toBe('again\n')
    expect(await at.stat(image, '/in/more')).toBe('4711 0:0')
    expect(await at.stat(image, '/in/run')).toBe('755 0:0')
    expect(await at.inside(image, (root) => readdir(`${root}/in/d0`))).not.toContain('f3')
    expect(await at.stat(image, '/owned/f2')).toBe('644 5:5')
    expect((await at.inside(image, (root) => lstat(`${root}/in/d2/f2`))).nlink).toBeGreaterThan(1)
  })
})
