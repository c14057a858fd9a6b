import { createHash } from 'node:crypto'
import type { StageEvent } from '@berth/domain'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BuildRequest, Image } from '../engine.ts'
import {
  type BuildHome,
  dockerfile,
  type Files,
  makeBuildHome,
  requestOf,
  treeOf,
} from '../testing/build-home.ts'
import { type Builder, createBuilder } from './build-image.ts'

let at: BuildHome
let builder: Builder

beforeAll(async () => {
  at = await makeBuildHome()
  builder = createBuilder(at.parts)
})
afterAll(() => at.remove())

type Built = { image: Image; events: StageEvent[]; listings: number }

/** Of a tree that says which it is, as a commit's does. */
async function build(files: Files, over: Partial<BuildRequest> = {}, by = builder): Promise<Built> {
  const tree = treeOf(files)
  let listings = 0
  const id = createHash('sha256')
    .update(JSON.stringify(await tree.entries()))
    .digest('hex')
  const told: StageEvent[] = []
  const entries = () => {
    listings += 1
    return tree.entries()
  }
  const request = requestOf({}, { tree: { ...tree, entries, id: async () => id }, ...over })
  const image = await by(request, (event) => told.push(event), new AbortController().signal)
  return { image, events: told.map((event) => ({ ...event, at: 0 })), listings }
}

const outcomes = ({ events }: Built) =>
  events.flatMap((event) => (event.kind === 'step-finished' ? [event.outcome] : []))

describe('a build of a tree that was built before', () => {
  const files = {
    Dockerfile: dockerfile('FROM busybox', 'COPY a /a', 'RUN --network=none cat /a > /b'),
    a: '1',
  }

  test('lists nothing, tells the same and makes the same image', async () => {
    const first = await build(files)
    const second = await build(files)
    const without = await build(files, {}, createBuilder(at.parts))
    expect([first.listings, second.listings, without.listings]).toEqual([1, 0, 1])
    expect(second).toEqual({ ...without, listings: 0 })
    expect(outcomes(second)).toEqual(['cached', 'cached', 'cached'])
  })

  test('gives the image the names that are asked for now', async () => {
    await build(files)
    const { image, listings } = await build(files, { names: ['again:2'] })
    expect(listings).toBe(0)
    expect((await at.images.get('again:2')).digest).toBe(image.digest)
  })

  test('lists it again when its base image is another one by now', async () => {
    const base = { Dockerfile: dockerfile('FROM busybox', 'RUN --network=none echo 1 > /base') }
    const on = { Dockerfile: dockerfile('FROM moving', 'COPY a /a'), a: '1' }
    await build(base, { names: ['moving'] })
    await build(on)
    await build(
      { Dockerfile: dockerfile('FROM busybox', 'RUN --network=none echo 2 > /base') },
      { names: ['moving'] },
    )
    const { image, listings } = await build(on)
    expect(listings).toBe(1)
    expect(await at.read(image, '/base')).toBe('2\n')
  })

  test('says what is wrong when its base image is gone', async () => {
    await build({ Dockerfile: dockerfile('FROM busybox', 'ENV A=1') }, { names: ['going'] })
    const on = { Dockerfile: dockerfile('FROM going', 'COPY a /a'), a: '1' }
    await build(on)
    await at.images.remove('going')
    await expect(build(on)).rejects.toMatchObject({
      code: 'IMAGE.NOT_FOUND',
      message: expect.stringContaining('Dockerfile:1'),
    })
  })

  test('makes again what is not there any more', async () => {
    const { image } = await build({ ...files, a: 'pruned' })
    await at.fileSystems.removeLayer(image.layers.at(-1) ?? '')
    const again = await build({ ...files, a: 'pruned' })
    expect(outcomes(again)).toEqual(['cached', 'cached', 'done'])
    expect(await at.read(again.image, '/b')).toBe('pruned')
  })

  test('does everything again without the cache, and when the cache forgot', async () => {
    await build(files)
    expect(outcomes(await build(files, { noCache: true }))).toEqual(['cached', 'done', 'done'])
    await at.parts.cache.forget(new Date(Date.now() + 60_000))
    expect(outcomes(await build(files))).toEqual(['cached', 'done', 'done'])
  })
})

describe('what a step warned of', () => {
  const lines = (...more: string[]) =>
    dockerfile(
      'FROM busybox',
      ...more,
      'COPY --chown=nobody-here a /a',
      'COPY --from=busybox --chown=none-such /bin /b',
    )
  const warnings = ({ events }: Built) =>
    events.flatMap((event) => (event.kind === 'warning' ? [`${event.rule} ${event.path}:${event.line}`] : []))

  test('is told again when it is not done again, of the line where it stands now', async () => {
    const first = await build({ Dockerfile: lines(), a: '1' })
    expect(warnings(first)).toEqual(['UnknownOwner Dockerfile:2', 'UnknownOwner Dockerfile:3'])
    expect(warnings(await build({ Dockerfile: lines(), a: '1' }))).toEqual(warnings(first))
    const moved = await build({ Dockerfile: lines('# moved'), a: '1' })
    expect(outcomes(moved)).toEqual(['cached', 'cached', 'cached'])
    expect(warnings(moved)).toEqual(['UnknownOwner Dockerfile:3', 'UnknownOwner Dockerfile:4'])
  })

  test('is told again when only its layer, or what it takes, is the same', async () => {
    await build({ Dockerfile: lines(), a: '1' })
    const other = await build({ Dockerfile: lines('RUN --network=none true'), a: '1' })
    expect(outcomes(other)).toEqual(['cached', 'done', 'cached', 'cached'])
    expect(warnings(other)).toHaveLength(2)
    const text = (salt: string) =>
      dockerfile(
        'FROM busybox AS b',
        `RUN --network=none echo ${salt} > /s && echo 1 > /x`,
        'FROM busybox',
        'COPY --from=b --chown=no-one /x /x',
      )
    expect(warnings(await build({ Dockerfile: text('1') }))).toHaveLength(1)
    expect(warnings(await build({ Dockerfile: text('2') }))).toHaveLength(1)
  })
})

test('whatever changes, an engine that remembers plans builds what one builds that does not', async () => {
  const content = fc.constantFrom('1', '2')
  const project = fc.record({
    path: fc.constantFrom('Dockerfile', 'other.Dockerfile'),
    ignore: fc.constantFrom('', 'a\n', 'd/**\n!d/b\n'),
    names: fc.constantFrom('a', 'a*', 'c'),
    content,
    deep: content,
    line: fc.constantFrom('COPY . /x/', 'COPY d /x', 'COPY --chmod=700 a* c* /y/'),
    label: content,
    revision: content,
    uses: fc.constantFrom('', 'ARG BERTH_REVISION\nENV R=$BERTH_REVISION'),
    date: fc.constantFrom(null, new Date(1_000_000_000_000)),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(project, { minLength: 2, maxLength: 5 }), async (projects) => {
      const remembering = createBuilder(at.parts)
      for (const one of [...projects, ...projects]) {
        const files = {
          [one.path]: dockerfile('FROM scratch', one.uses, one.line),
          '.dockerignore': one.ignore,
          [one.names]: one.content,
          'd/b': one.deep,
          'd/e': '1',
        }
        const over = {
          dockerfilePath: one.path,
          labels: { l: one.label },
          arguments: { BERTH_REVISION: one.revision },
          sourceDate: one.date,
        }
        const { image } = await build(files, over, remembering)
        const expected = await build(files, over, createBuilder(at.parts))
        expect(image.digest).toBe(expected.image.digest)
      }
    }),
    { numRuns: 25 },
  )
})
