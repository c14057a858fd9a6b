import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuildHome, dockerfile, makeBuildHome } from '../testing/build-home.ts'

let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

test('an ONBUILD finds the images that it names, though the Dockerfile does not', async () => {
  await at.build({ Dockerfile: dockerfile('FROM busybox', 'RUN echo tool > /tool') }, { names: ['tools:1'] })
  const triggers = [
    'ONBUILD COPY --from=tools:1 /tool /copied',
    'ONBUILD RUN --mount=from=tools:1,target=/t cp /t/tool /read',
  ]
  await at.build({ Dockerfile: dockerfile('FROM busybox', ...triggers) }, { names: ['bringing:1'] })
  const { image } = await at.build({ Dockerfile: 'FROM bringing:1' })
  expect(await at.read(image, '/copied')).toBe('tool\n')
  expect(await at.read(image, '/read')).toBe('tool\n')
  expect(image.history?.map(({ createdBy }) => createdBy).slice(-2)).toEqual([
    'COPY /tool /copied # buildkit',
    'RUN /bin/sh -c cp /t/tool /read # buildkit',
  ])
})
