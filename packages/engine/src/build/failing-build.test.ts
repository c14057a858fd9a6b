import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOverlayFileSystems } from '../drivers/overlay-file-systems.ts'
import type { BuildRequest } from '../engine.ts'
import { mount, unmount } from '../system/syscalls.ts'
import {
  type BuildHome,
  dockerfile,
  type Files,
  testLimits as limits,
  makeBuildHome,
  refusal,
  requestOf,
} from '../testing/build-home.ts'
import { createBuilder } from './build-image.ts'

const megabyte = 1024 * 1024
let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

describe('a build that fails', () => {
  const failed = (lines: string[], over: Partial<BuildRequest> = {}, files: Files = {}) =>
    refusal(at.build({ ...files, Dockerfile: dockerfile('FROM busybox', ...lines) }, over))

  test('names command, exit code and line, and leaves nothing mounted', async () => {
    const error = await failed(['RUN echo fine', 'RUN echo oops >&2; exit 3'])
    expect(error.code).toBe('BUILD.STEP_FAILED')
    expect(error.message).toMatch(
      /^Dockerfile:3: "echo oops >&2; exit 3" ended with exit code 3 in step \[3\/3\]\./,
    )
    expect(await at.leftovers()).toEqual([])
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

  test('by the number of its files is stopped, though they hold nothing', async () => {
    const few = { limits: { ...limits, diskFiles: 2_000 } }
    const many = 'i=0; while [ $i -lt 5000 ]; do i=$((i+1)); : > /many/$i; done'
    const error = await failed([`RUN mkdir /many && ${many} && sleep 20`], few)
    expect(error.code).toBe('BUILD.TOO_MANY_FILES')
    expect(error.message).toMatch(/^Dockerfile:2: killed: the build made more than 2,000 files\./)
    const twice = 'i=0; while [ $i -lt 1500 ]; do i=$((i+1)); : > /many/$i; done'
    const steps = await failed(
      [`RUN mkdir /many && ${twice}`, `RUN ${twice.replaceAll('/many/', '/many/b')}`],
      few,
    )
    expect(steps.code).toBe('BUILD.TOO_MANY_FILES')
    expect(steps.message).toMatch(/^Dockerfile:3: /)
    expect(await at.leftovers()).toEqual([])
  })

  test('when it is broken off, with the reason, and nothing left', async () => {
    const stop = new AbortController()
    const reason = new Error('the pusher left')
    const building = at.build({ Dockerfile: dockerfile('FROM busybox', 'RUN sleep 30') }, {}, stop.signal)
    setTimeout(() => stop.abort(reason), 400)
    await expect(building).rejects.toBe(reason)
    expect(await at.leftovers()).toEqual([])
  })

  test('for want of a program or a user', async () => {
    expect((await failed(['USER ghost', 'RUN id'])).code).toBe('BUILD.CANNOT_RUN')
    expect((await failed(['RUN ["/no/such/program"]'])).code).toBe('BUILD.CANNOT_RUN')
  })

  test('for want of its base image names the line', async () => {
    const error = await refusal(at.build({ Dockerfile: 'FROM missing:1\n' }))
    expect(error.code).toBe('IMAGE.NOT_FOUND')
    expect(error.message).toMatch(/^Dockerfile:1: There is no image "missing:1"/)
    expect(error.hint).toMatch(/berth image bootstrap/)
  })

  test('for want of a Dockerfile shows one for the language', async () => {
    const error = await refusal(at.build({ 'package.json': '{}' }))
    expect(error.code).toBe('BUILD.NO_DOCKERFILE')
    expect(error.hint).toMatch(/npm ci/)
    expect((await refusal(at.build({ 'Dockerfile -> /etc/passwd': '' }))).code).toBe('BUILD.NO_DOCKERFILE')
  })

  test.each(['../Dockerfile', '/etc/passwd', 'a/../../b', ''])(
    'for a Dockerfile at %j',
    async (dockerfilePath) => {
      const error = await refusal(at.build({ Dockerfile: 'FROM busybox' }, { dockerfilePath }))
      expect(error.code).toBe('BUILD.DOCKERFILE_OUTSIDE')
    },
  )

  test('for a Dockerfile of more than a megabyte', async () => {
    const error = await refusal(at.build({ Dockerfile: `FROM busybox\n${'#'.repeat(megabyte)}` }))
    expect(error.code).toBe('BUILD.TOO_LARGE')
  })

  test('for an archive that is damaged names it', async () => {
    await writeFile(`${at.home}/in-archive`, 'x'.repeat(5_000))
    await localRunner.run(command('tar', '-cf', `${at.home}/whole.tar`, '-C', at.home, 'in-archive'))
    const cut = (await readFile(`${at.home}/whole.tar`)).subarray(0, 2_048)
    const error = await failed(['ADD cut.tar /'], {}, { 'cut.tar': cut })
    expect(error.code).toBe('BUILD.ARCHIVE_INVALID')
    expect(error.message).toMatch(/^Dockerfile:2: the archive "cut.tar" cannot be unpacked/)
  })

  test('for a full disk says so, and that it may be tried again', async () => {
    const small = `${at.home}/small-disk`
    await mkdir(small)
    mount({ source: 'tmpfs', target: small, type: 'tmpfs', data: 'size=4m' })
    const onIt = await openOverlayFileSystems({ home: small, run: `${small}/run`, commands: localRunner })
    try {
      const error = await refusal(
        createBuilder({ ...at.parts, fileSystems: onIt })(
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
    await refusal(at.build({ Dockerfile: text('RUN exit 1') }))
    expect((await at.build({ Dockerfile: text('RUN true') })).steps[1]).toMatch(/: cached$/)
  })

  test('uses the ignore file beside its Dockerfile before the one at the top', async () => {
    const { image } = await at.build(
      {
        'docker/web.Dockerfile': dockerfile('FROM busybox', 'COPY . /all'),
        'docker/web.Dockerfile.dockerignore': '*.secret',
        '.dockerignore': 'kept',
        kept: '1',
        'a.secret': '2',
      },
      { dockerfilePath: 'docker/web.Dockerfile' },
    )
    const names = await at.inside(image, (root) => readdir(`${root}/all`))
    expect(names).toContain('kept')
    expect(names).not.toContain('a.secret')
  })
})
