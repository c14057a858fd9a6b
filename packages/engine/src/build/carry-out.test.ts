import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type BuildHome,
  dockerfile,
  makeBuildHome,
  refusal,
  requestOf,
  stepsOf,
} from '../testing/build-home.ts'
import { createBuilder } from './build-image.ts'

let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

const outcomes = (steps: readonly string[]) => steps.map((step) => step.split(': ').at(-1))

describe('what earlier builds made', () => {
  const text = (last: string) =>
    dockerfile(
      'FROM busybox AS build',
      'RUN echo made > /made',
      'RUN cat /made > /out',
      'FROM busybox',
      'COPY --from=build /out /out',
      last,
    )

  test('is found from the end: a stage that only a kept step needs may be gone', async () => {
    const { image, events } = await at.build({ Dockerfile: text('RUN echo one') })
    const target = await at.build({ Dockerfile: text('RUN echo one') }, { target: 'build' })
    for (const layer of target.image.layers) {
      if (!image.layers.includes(layer)) await at.fileSystems.removeLayer(layer)
    }
    expect(outcomes(stepsOf(events))).toContain('done')
    const again = await at.build({ Dockerfile: text('RUN echo two') })
    expect(outcomes(again.steps)).toEqual(['cached', 'cached', 'cached', 'cached', 'cached', 'done'])
    expect(again.events).toContainEqual(expect.objectContaining({ kind: 'reused', steps: 3, of: 4 }))
    const rebuilt = await at.build({ Dockerfile: text('RUN echo three') }, { target: 'build' })
    expect(outcomes(rebuilt.steps)).toEqual(['cached', 'done', 'done'])
  })

  test('counts by layers too: a changed step that gives nothing new ends the work', async () => {
    const lines = (comment: string) => dockerfile('FROM busybox', `RUN true ${comment}`, 'RUN echo b > /b')
    await at.build({ Dockerfile: lines('one') })
    const { steps } = await at.build({ Dockerfile: lines('two') })
    expect(outcomes(steps)).toEqual(['cached', 'done', 'cached'])
  })

  test('of another stage counts by what is taken: a stage that comes out the same changes nothing after it', async () => {
    const lines = (extra: string, out: string) =>
      dockerfile(
        ...[
          'FROM busybox AS build',
          `RUN mkdir /o && echo ${out} > /o/x && ln /o/x /o/y && echo ${extra} > /e`,
        ],
        ...['FROM busybox', 'COPY --from=build /o /o', 'RUN cat /o/x > /last'],
      )
    const first = await at.build({ Dockerfile: lines('1', 'same') })
    const second = await at.build({ Dockerfile: lines('2', 'same') })
    expect(outcomes(second.steps)).toEqual(['cached', 'cached', 'done', 'done', 'cached'])
    expect(second.image.layers).toEqual(first.image.layers)
    const third = await at.build({ Dockerfile: lines('2', 'other') })
    expect(outcomes(third.steps).slice(2)).toEqual(['done', 'done', 'done'])
    expect(await at.read(third.image, '/last')).toBe('other\n')
  })

  test('is not looked for without the cache', async () => {
    const files = { Dockerfile: text('RUN true') }
    await at.build(files)
    expect(outcomes((await at.build(files, { noCache: true })).steps)).toEqual([
      ...['cached', 'cached', 'done', 'done', 'done', 'done'],
    ])
  })
})

describe('stages', () => {
  test('that say the same are built once', async () => {
    const { steps } = await at.build({
      Dockerfile: dockerfile(
        'FROM busybox AS one',
        'RUN echo same > /same',
        'FROM busybox AS two',
        'RUN echo same > /same',
        'FROM scratch',
        'COPY --from=one /same /1',
        'COPY --from=two /same /2',
      ),
    })
    expect(outcomes(steps).filter((outcome) => outcome === 'cached')).toHaveLength(3)
  })

  test('side by side: one that fails ends the others, and is what is told', async () => {
    const events: string[] = []
    const files = {
      Dockerfile: dockerfile(
        'FROM busybox AS slow',
        'RUN sleep 40',
        'FROM busybox AS broken',
        'RUN sleep 0.3; exit 7',
        'FROM scratch',
        'COPY --from=slow /bin /1',
        'COPY --from=broken /bin /2',
      ),
    }
    const sink = (event: { kind: string; step?: string | null; outcome?: string }) =>
      void (event.kind === 'step-finished' && events.push(`${event.outcome}`))
    const building = createBuilder(at.parts)(requestOf(files), sink, new AbortController().signal)
    const error = await refusal(building)
    expect(error.code).toBe('BUILD.STEP_FAILED')
    expect(error.message).toMatch(/exit code 7/)
    expect(events.slice(-2).toSorted()).toEqual(['cancelled', 'failed'])
    expect(await at.leftovers()).toEqual([])
  })
})

test('the image tells its history: which instruction made a layer', async () => {
  const { image } = await at.build({
    Dockerfile: dockerfile('FROM busybox', 'ENV A=b', 'RUN echo x > /x', 'RUN true', 'CMD ["sh"]'),
  })
  expect(image.history).toEqual([
    { createdBy: '', comment: '', emptyLayer: false, createdAt: null },
    ...[
      ['ENV A=b', true],
      ['RUN /bin/sh -c echo x > /x # buildkit', false],
      ['RUN /bin/sh -c true # buildkit', true],
      ['CMD ["sh"]', true],
    ].map(([createdBy, emptyLayer]) => ({
      ...{ createdBy, comment: 'buildkit.dockerfile.v0', emptyLayer, createdAt: null },
    })),
  ])
  expect((await at.images.get(image.digest)).history).toEqual(image.history)
})
