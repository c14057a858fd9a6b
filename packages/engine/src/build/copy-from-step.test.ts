import { lstat, readdir } from 'node:fs/promises'
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
