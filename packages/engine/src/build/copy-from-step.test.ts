import { lstat, readdir, readlink } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Image } from '../engine.ts'
import { type BuildHome, dockerfile, makeBuildHome, refusal } from '../testing/build-home.ts'

let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

const paths = (image: Image, path: string) =>
  at.inside(image, async (root) => (await readdir(`${root}${path}`, { recursive: true })).toSorted())

describe('COPY --parents', () => {
  const stage = [
    'FROM busybox AS build',
    'RUN mkdir -p /a/b/c /a/x && chmod 711 /a/b && touch /a/b/c/one.js /a/b/two.js /a/x/no.txt',
  ]
  const from = (line: string) => at.build({ Dockerfile: dockerfile(...stage, 'FROM scratch', line) })

  test.each([
    ['/a/b/two.js /to/', ['a', 'a/b', 'a/b/two.js']],
    ['/a/./b/two.js /to/', ['b', 'b/two.js']],
    ['/a/**/*.js /to/', ['a', 'a/b', 'a/b/c', 'a/b/c/one.js', 'a/b/two.js']],
    ['/a/b/./c /to/', ['c', 'c/one.js']],
    ['/a/*/./*.js /to/', ['two.js']],
  ])('--from a stage: %s', async (line, expected) => {
    expect(await paths((await from(`COPY --parents --from=build ${line}`)).image, '/to')).toEqual(expected)
  })

  test('keeps what the directories on the way are', async () => {
    const { image } = await from('COPY --parents --from=build /a/b/c/one.js /to/')
    expect(await at.stat(image, '/to/a/b')).toBe('711 0:0')
  })

  test('of what is not there is refused', async () => {
    expect((await refusal(from('COPY --parents --from=build /a/nothing /to/'))).code).toBe(
      'BUILD.SOURCE_NOT_FOUND',
    )
    expect(await paths((await from('COPY --parents --from=build /a/*.none /a/x /to/')).image, '/to')).toEqual(
      [...['a', 'a/x', 'a/x/no.txt']],
    )
  })

  test('from the context', async () => {
    const files = { 'a/b/one.js': '1', 'a/two.js': '2', 'a/b/no': '3' }
    const { image } = await at.build({
      ...files,
      Dockerfile: dockerfile('FROM scratch', 'COPY --parents ./a/**/*.js /to/', 'COPY --parents a/./b /cut/'),
    })
    expect(await paths(image, '/to')).toEqual(['a', 'a/b', 'a/b/one.js', 'a/two.js'])
    expect(await paths(image, '/cut')).toEqual(['b', 'b/no', 'b/one.js'])
  })
})

describe('names that are no UTF-8', () => {
  const stage = [
    'FROM busybox AS build',
    "RUN mkdir -p /s && cd /s && d=$(printf 'd\\377') && mkdir $d $d/deep && echo x > $d/deep/$(printf '\\376')",
    "RUN cd /s && d=$(printf 'd\\377') && chmod 711 $d && chown 5:6 $d/deep/* && ln $d/deep/* $d/other && ln -s $(printf '\\375') link",
  ]

  test('stay what they are, with modes, owners, targets and hard links', async () => {
    const { image } = await at.build({
      Dockerfile: dockerfile(...stage, 'FROM busybox', 'COPY --from=build /s /to'),
    })
    await at.inside(image, async (root) => {
      const top = Buffer.from(`${root}/to/`)
      const odd = Buffer.concat([top, Buffer.from([0x64, 0xff])])
      expect((await lstat(odd)).mode & 0o7777).toBe(0o711)
      const [name] = await readdir(Buffer.concat([odd, Buffer.from('/deep')]), { encoding: 'buffer' })
      expect(name).toEqual(Buffer.from([0xfe]))
      const file = await lstat(Buffer.concat([odd, Buffer.from('/deep/'), name as Buffer]))
      expect([file.uid, file.gid, file.nlink]).toEqual([5, 6, 2])
      expect(await readlink(`${root}/to/link`, { encoding: 'buffer' })).toEqual(Buffer.from([0xfd]))
    })
  })

  test.each([
    ['something else in the place of one', "RUN mkdir /to && touch /to/$(printf 'd\\377')", '/s /to'],
    ['a pattern that matches one', 'RUN true', '/s/* /to/'],
  ])('%s is a conflict', async (_what, line, copy) => {
    const lines = [...stage, 'FROM busybox', line, `COPY --from=build ${copy}`]
    const error = await refusal(at.build({ Dockerfile: dockerfile(...lines) }))
    expect(error.code).toBe('BUILD.COPY_CONFLICT')
  })
})

describe('a source date', () => {
  const sourceDate = new Date('2024-02-03T04:05:06Z')
  const files = { a: 'x', 'd/b': 'y', 'd/e/c': 'z', 'd/l -> b': '' }
  const text = dockerfile(
    'FROM busybox AS build',
    'RUN mkdir /made && touch /made/file',
    'FROM busybox',
    'WORKDIR /app/deep',
    'COPY a /etc/a',
    'COPY d d',
    'COPY --from=build /made /made',
  )
  const times = async (image: Image) => {
    const found = new Map<string, number>()
    for (const layer of image.layers.slice(1)) {
      const root = at.fileSystems.layerPath(layer)
      for (const name of ['.', ...(await readdir(root, { recursive: true }))])
        found.set(name, (await lstat(`${root}/${name}`)).mtimeMs)
    }
    return found
  }

  test('is the time of all that the build itself writes, also of directories', async () => {
    const { image } = await at.build({ ...files, Dockerfile: text }, { sourceDate })
    const found = await times(image)
    expect([...found.keys()]).toContain('app/deep/d/e/c')
    expect(new Set(found.values())).toEqual(new Set([sourceDate.getTime()]))
  })

  test('of another day makes other layers, and changes none that are there', async () => {
    const first = (await at.build({ ...files, Dockerfile: text }, { sourceDate })).image
    const later = new Date('2025-01-01T00:00:00Z')
    const second = (await at.build({ ...files, Dockerfile: text }, { sourceDate: later })).image
    expect(new Set((await times(second)).values())).toEqual(new Set([later.getTime()]))
    expect(new Set((await times(first)).values())).toEqual(new Set([sourceDate.getTime()]))
  })
})
