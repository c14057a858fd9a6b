import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuildHome, dockerfile, type Files, makeBuildHome, refusal } from '../testing/build-home.ts'

let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

describe('COPY and ADD from the context', () => {
  const copied = async (files: Files, ...lines: string[]) =>
    (await at.build({ ...files, Dockerfile: dockerfile('FROM busybox', ...lines) })).image

  test('give files 0644 or 0755, directories 0755, and root as owner', async () => {
    const image = await copied(
      { 'd/a': 'x', 'd/run*': 'y', 'd/in/b': 'z', 'd/l -> ../a': '' },
      'COPY d /new/place',
    )
    expect(await at.stat(image, '/new/place/a')).toBe('644 0:0')
    expect(await at.stat(image, '/new/place/run')).toBe('755 0:0')
    expect(await at.stat(image, '/new/place/in')).toBe('755 0:0')
    expect(await at.stat(image, '/new')).toBe('755 0:0')
    expect(await at.inside(image, (root) => readlink(`${root}/new/place/l`))).toBe('../a')
  })

  test('look owners up in the image, and change modes', async () => {
    const image = await copied(
      { 'd/a': 'x', b: 'y' },
      'COPY --chown=app:extra d /d',
      'COPY --chown=1234 --chmod=0700 b /b',
      'COPY --chown=app b /made/by/',
    )
    expect(await at.stat(image, '/d/a')).toBe('644 1000:2000')
    expect(await at.stat(image, '/b')).toBe('700 1234:1234')
    expect(await at.stat(image, '/made')).toBe('755 1000:1000')
  })

  test('give to root what an unknown user would have, and say so', async () => {
    const { image, events } = await at.build({
      b: 'y',
      Dockerfile: dockerfile(
        'FROM busybox',
        'COPY --chown=nobody-here:extra b /1',
        'COPY --chown=app:none-such b /2',
      ),
    })
    expect(await at.stat(image, '/1')).toBe('644 0:2000')
    expect(await at.stat(image, '/2')).toBe('644 1000:1000')
    expect(events.filter((event) => event.kind === 'warning')).toMatchObject([
      { rule: 'UnknownOwner', path: 'Dockerfile', line: 2, text: expect.stringContaining('nobody-here') },
      { rule: 'UnknownOwner', line: 3, text: expect.stringContaining('none-such') },
    ])
    const scratch = at.build({ b: 'y', Dockerfile: dockerfile('FROM scratch', 'COPY --chown=app b /b') })
    expect((await refusal(scratch)).code).toBe('BUILD.USER_UNKNOWN')
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
    expect(await at.read(image, path)).toBe('content')
  })

  test('put several files at one path where it is written as a file’s: the last one stays', async () => {
    const image = await copied({ a: '1', b: '2' }, 'COPY a b /x')
    expect(await at.read(image, '/x')).toBe('2')
  })

  test('bring directories of which everything was left out, but not they themselves', async () => {
    const image = await copied(
      { 'd/sub/a.log': '', 'e/b': '', '.dockerignore': 'd/sub/*\n' },
      'COPY . /all',
      'COPY --exclude=b e /e2',
    )
    expect(await at.inside(image, (root) => readdir(`${root}/all/d/sub`))).toEqual([])
    expect(await at.inside(image, (root) => readdir(`${root}/e2`))).toEqual([])
  })

  test('give a directory that is there the mode of the source’s, and files no group of a directory’s', async () => {
    const image = await copied(
      { 'd/sub/a': '', b: '' },
      'RUN mkdir -p /d/sub /shared && chmod 2770 /d/sub /shared && chgrp 1000 /d/sub /shared',
      'COPY d /d',
      'COPY b /shared/',
    )
    expect(await at.stat(image, '/d/sub')).toBe('755 0:0')
    expect(await at.stat(image, '/shared')).toBe('2770 0:1000')
    expect(await at.stat(image, '/shared/b')).toBe('644 0:0')
  })

  test('never leave the image, whatever links it holds', async () => {
    const outside = `${at.home}/outside`
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
    expect(await at.read(image, '/etc/file')).toBe('in the image')
    expect(await at.read(image, `${outside}/a`)).toBe('written')
    expect(await at.read(image, `${outside}/target`)).toBe('written')
  })

  test('go where links of the image lead, also those that lead to nothing yet', async () => {
    const image = await copied(
      { 'd/way/in/file': '1', 'd/dangling/file': '2', 'd/plain/in/file': '3' },
      'RUN mkdir -p /d /real/place && ln -s /real/place /d/way && ln -s ../later /d/dangling',
      'COPY d /d',
    )
    expect(await at.read(image, '/real/place/in/file')).toBe('1')
    expect(await at.read(image, '/later/file')).toBe('2')
    expect(await at.read(image, '/d/plain/in/file')).toBe('3')
    expect(await at.inside(image, (root) => readlink(`${root}/d/way`))).toBe('/real/place')
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
    expect(await at.inside(image, (root) => readlink(`${root}/d/out`))).toBe('/etc/shadow')
    const error = await refusal(copied({ 'out -> /etc/shadow': '' }, 'COPY out /shadow'))
    expect(error.code).toBe('BUILD.SOURCE_NOT_FOUND')
  })

  test('do not put a file in a directory’s place', async () => {
    const error = await refusal(copied({ 'd/etc': 'a file' }, 'COPY d /'))
    expect(error.code).toBe('BUILD.COPY_CONFLICT')
  })

  test('ADD unpacks archives, compressed or not, and copies everything else', async () => {
    const work = `${at.home}/archive`
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
      'ADD --chmod=0700 p.tar /c/d/',
    )
    for (const path of ['/p', '/g', '/x']) expect(await at.read(image, `${path}/in/file`)).toBe('unpacked')
    expect(await at.inside(image, (root) => readdir(`${root}/data`))).toEqual(['data.gz'])
    expect((await at.inside(image, (root) => lstat(`${root}/kept.tar`))).size).toBe(plain.length)
    for (const path of ['/c', '/c/d']) expect(await at.stat(image, path)).toBe('755 0:0')
  })
})
