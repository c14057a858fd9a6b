import { chmod, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Image } from '../engine.ts'
import { type BuildHome, dockerfile, makeBuildHome } from '../testing/build-home.ts'
import { directoryTree } from './directory-tree.ts'

let at: BuildHome
let directory: string
beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-context-'))
})
afterEach(() => rm(directory, { recursive: true }))

const write = async (path: string, content: string, mode = 0o644) => {
  await mkdir(join(directory, dirname(path)), { recursive: true })
  await writeFile(join(directory, path), content)
  await chmod(join(directory, path), mode)
}
const makeDirectory = async (path: string, mode: number) => {
  await mkdir(join(directory, path), { recursive: true })
  await chmod(join(directory, path), mode)
}
const build = async (...lines: string[]) => {
  await write('Dockerfile', dockerfile('FROM busybox', ...lines))
  return at.build({}, { tree: await directoryTree(directory) })
}
const outcomesOf = (steps: readonly string[]) => steps.map((step) => step.split(': ').at(-1))
const isThere = (image: Image, path: string) =>
  at.inside(image, (root) =>
    lstat(`${root}${path}`).then(
      () => true,
      () => false,
    ),
  )

test('files and directories of a directory keep their modes, root has them, and empty ones are copied', async () => {
  await write('d/secret', 'x', 0o640)
  await write('d/run', 'x', 0o4711)
  await makeDirectory('d', 0o700)
  await makeDirectory('d/shared', 0o2775)
  await write('d/shared/file', 'x')
  await makeDirectory('d/empty/deep', 0o1777)
  const { image } = await build('COPY . /all', 'COPY d /d', 'COPY --chmod=711 d /changed')
  const stats = (...paths: string[]) => Promise.all(paths.map((path) => at.stat(image, path)))

  expect(await stats('/all', '/all/d', '/all/d/secret', '/all/d/run')).toEqual([
    ...['755 0:0', '700 0:0', '640 0:0', '4711 0:0'],
  ])
  expect(await stats('/d', '/d/shared', '/d/shared/file', '/d/empty', '/d/empty/deep')).toEqual([
    ...['755 0:0', '2775 0:0', '644 0:0', '755 0:0', '1777 0:0'],
  ])
  expect(await stats('/changed/shared', '/changed/secret')).toEqual(['711 0:0', '711 0:0'])
})

test.each([
  ['a file’s mode', () => chmod(join(directory, 'd/file'), 0o600)],
  ['a directory’s mode', () => chmod(join(directory, 'd'), 0o750)],
  ['an empty directory’s mode', () => chmod(join(directory, 'd/empty'), 0o750)],
  ['an empty directory more', () => makeDirectory('d/other', 0o755)],
  ['an empty directory less', () => rm(join(directory, 'd/empty'), { recursive: true })],
])('%s is another input', async (_what, change) => {
  await write('d/file', 'x')
  await makeDirectory('d', 0o755)
  await makeDirectory('d/empty', 0o755)
  const lines = ['COPY . /all', 'RUN --network=none --mount=type=bind,target=/m ls -lR /m > /seen']
  await build(...lines)
  expect(outcomesOf((await build(...lines)).steps)).toEqual(['cached', 'cached', 'cached'])
  await change()
  expect(outcomesOf((await build(...lines)).steps)).toEqual(['cached', 'done', 'done'])
})

test('empty directories are left out as files are, and found as sources', async () => {
  await write('.dockerignore', 'out\nkept/*\n!kept/in')
  await makeDirectory('out', 0o755)
  await makeDirectory('kept/out', 0o755)
  await makeDirectory('kept/in', 0o755)
  await makeDirectory('a/empty', 0o750)
  const { image } = await build(
    ...['COPY . /all', 'COPY a/empty /one/', 'COPY --exclude=empty a /b', 'COPY --parents a/e* /parents/'],
  )
  const found = ['/all/kept/in', '/all/a/empty', '/one', '/b', '/parents/a/empty']
  for (const path of found) expect([path, await isThere(image, path)]).toEqual([path, true])
  for (const path of ['/all/out', '/all/kept/out', '/b/empty'])
    expect([path, await isThere(image, path)]).toEqual([path, false])
  expect(await at.stat(image, '/parents/a/empty')).toBe('750 0:0')
  await expect(build('COPY out /x')).rejects.toMatchObject({
    code: 'BUILD.SOURCE_NOT_FOUND',
    hint: expect.stringContaining('ignore'),
  })
})

test('a bind mount of the context shows the same', async () => {
  await write('d/secret', 'x', 0o640)
  await makeDirectory('d', 0o2750)
  await makeDirectory('d/empty', 0o1755)
  const run = (mount: string, ...paths: string[]) =>
    `RUN --network=none --mount=type=bind,target=/m${mount} stat -c %a ${paths.join(' ')} | tr '\\n' ' '`
  const whole = await build(run('', '/m', '/m/d', '/m/d/secret', '/m/d/empty'))
  expect(whole.lines).toEqual(['755 2750 640 1755 '])
  expect((await build(run(',source=d', '/m', '/m/secret'))).lines).toEqual(['2750 640 '])
  expect((await build(run(',source=d/empty', '/m'))).lines).toEqual(['1755 '])
  await chmod(join(directory, 'd'), 0o700)
  expect((await build(run(',source=d', '/m', '/m/secret'))).lines).toEqual(['700 640 '])
})
