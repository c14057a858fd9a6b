import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Image } from '../engine.ts'
import { type BuildHome, makeBuildHome } from '../testing/build-home.ts'

let at: BuildHome
let secret: Image

beforeAll(async () => {
  at = await makeBuildHome()
  secret = await at.images.commit(
    { ...(await at.images.get('busybox')).config, user: 'other' },
    [],
    ['berth/other:1'],
  )
})
afterAll(() => at.remove())

const hiddenNames = ['berth/']
const build = (line: string) => at.build({ Dockerfile: `${line}\n` }, { hiddenNames })

describe('images that are hidden from a build', () => {
  test.each([
    ['by name', () => 'FROM berth/other:1'],
    ['by their whole name', () => 'FROM docker.io/berth/other:1'],
    ['by another spelling of it', () => 'FROM index.docker.io/berth/other:1'],
    ['by their digest', () => `FROM ${secret.digest}`],
    ['by the beginning of their digest', () => `FROM ${secret.digest.slice(7, 19)}`],
    ['by all digits of it', () => `FROM ${secret.digest.slice(7)}`],
    ['through an ARG', () => 'ARG of=berth/other:1\nFROM $of'],
    ['by COPY', () => 'FROM busybox\nCOPY --from=berth/other:1 / /stolen'],
    ['by a mount', () => 'FROM busybox\nRUN --mount=from=berth/other:1,target=/stolen true'],
  ])('are not found %s', async (_how, line) => {
    await expect(build(line())).rejects.toMatchObject({ code: 'IMAGE.NOT_FOUND' })
  })

  test('are found where nothing is hidden, and others are found where they are', async () => {
    expect((await at.build({ Dockerfile: 'FROM berth/other:1' })).image.config.user).toBe('other')
    expect((await build('FROM busybox\nUSER me')).image.config.user).toBe('me')
  })
})
