// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import { actionOf, codeOf, planOf, refusalOf, testPlatform, titles } from '../testing/plan-of.ts'
import { neededImages } from './find-stages.ts'

describe('steps', () => {
  test('are what makes layers, numbered as BuildKit does; the rest only changes the configuration', () => {
    const planned = planOf('FROM base\nENV A=1\nWORKDIR /app\nCOPY . .\nRUN make\nCMD ["./app"]', {
      files: { a: '1' },
    })
    expect(planned.bases.map((base) => base.title)).toEqual(['[1/4] FROM base'])
    expect(titles(planned)).toEqual(['[2/4] WORKDIR /app', '[3/4] COPY . .', '[4/4] RUN make'])
    expect(planned.config).toMatchObject({ env: { A: '1' }, workingDirectory: '/app', command: ['./app'] })
  })

  test('stand on one another', () => {
    const planned = planOf('FROM base\nRUN one\nRUN two')
    expect(planned.steps.map((step) => step.parent)).toEqual([
      { kind: 'image', reference: 'base', layers: ['base'] },
      { kind: 'step', id: '0.1' },
    ])
    expect(planned.result).toEqual({ kind: 'step', id: '0.2' })
  })

  test('without any, the image is its base with another configuration', () => {
    expect(planOf('FROM base\nENV A=1').result).toEqual({
      kind: 'image',
      reference: 'base',
      layers: ['base'],
    })
    expect(planOf('FROM scratch\nCMD ["/x"]').result).toEqual({ kind: 'scratch' })
  })
})

describe('stages', () => {
  const several = [
    'FROM base AS unused',
    'RUN never',
    'FROM base AS build',
    'RUN make',
    'FROM base AS test',
    'RUN test',
    'FROM scratch',
    'COPY --from=build /app /app',
  ].join('\n')

  test('that the target does not need are left out', () => {
    const planned = planOf(several)
    expect(titles(planned)).toEqual(['[build 2/2] RUN make', '[stage-3 1/1] COPY --from=build /app /app'])
    expect(planned.steps[1]?.inputs).toEqual([{ kind: 'step', id: '1.1' }])
  })

  test('are chosen by name or number', () => {
    expect(titles(planOf(several, { target: 'TEST' }))).toEqual(['[test 2/2] RUN test'])
    for (const target of ['nope', '0'])
      expect(codeOf(() => planOf(several, { target }))).toBe('BUILD.TARGET_NOT_FOUND')
  })

  test('start from an earlier one with its configuration and arguments', () => {
    const planned = planOf('FROM base AS a\nARG V=1\nENV E=x\nRUN one\nFROM a\nRUN echo $V', {})
    expect(actionOf(planned, 1)).toMatchObject({ env: { V: '1', E: 'x' } })
    expect(planned.steps[1]?.parent).toEqual({ kind: 'step', id: '0.1' })
  })

  test('start from ENV of the earlier one, whatever an ARG after it said there', () => {
    const text = 'FROM base AS a\nENV V=env\nARG V=arg\nRUN one\nFROM a\nRUN two\nARG V=again\nRUN three'
    const planned = planOf(text)
    expect([0, 1, 2].map((index) => actionOf(planned, index))).toMatchObject([
      { env: { V: 'arg' } },
      { env: { V: 'env' } },
      { env: { V: 'again' } },
    ])
  })

  test('copied from by number, and never from a later one or itself', () => {
    expect(planOf('FROM base\nRUN a\nFROM scratch\nCOPY --from=0 /a /a').steps[1]?.inputs).toHaveLength(1)
    expect(codeOf(() => planOf('FROM base AS me\nCOPY --from=me /a /a'))).toBe('BUILD.SYNTAX')
    expect(codeOf(() => planOf('FROM base AS a\nCOPY --from=1 /a /a\nFROM base', { target: 'a' }))).toBe(
      'BUILD.SYNTAX',
    )
  })

  test('tell which images must be there', () => {
    const text =
      'ARG TAG=1\nFROM base:$TAG AS a\nFROM other AS unused\nFROM a\nCOPY --from=tools:2 /x /x\nRUN --mount=from=cache:3,target=/c x'
    const needed = neededImages(parseDockerfile('Dockerfile', text), {
      target: null,
      arguments: {},
      platform: testPlatform,
    })
    expect(needed.map((each) => each.reference)).toEqual(['base:1', 'tools:2', 'cache:3'])
  })

  test.each([
    'linux/amd64',
    'linux',
    'amd64',
    'x86_64',
    'LINUX/x86-64',
    '$BUILDPLATFORM',
    '${TARGETOS}/${TARGETARCH}',
    '$P',
  ])('for this platform, said as %s, are fine', (platform) => {
    expect(titles(planOf(`ARG P=linux/amd64\nFROM --platform=${platform} base\nRUN x`))).toHaveLength(1)
  })

  test.each([
    ['linux/arm64', 'BUILD.UNSUPPORTED'],
    ['arm64', 'BUILD.UNSUPPORTED'],
    ['linux/amd64/v3', 'BUILD.UNSUPPORTED'],
    ['windows', 'BUILD.UNSUPPORTED'],
    ['$NONE', 'BUILD.SYNTAX'],
    ['toaster', 'BUILD.SYNTAX'],
    ['a/b/c/d', 'BUILD.SYNTAX'],
  ])('for the platform %s are refused', (platform, code) => {
    expect(codeOf(() => planOf(`FROM --platform=${platform} base`))).toBe(code)
  })

  test('are found by the last of several with one name; a later one is not found yet', () => {
    const twice = planOf('FROM base AS a\nRUN one\nFROM base AS A\nRUN two\nFROM A\nRUN x')
    expect(titles(twice)).toEqual(['[a 2/2] RUN two', '[stage-2 1/1] RUN x'])
    const later = refusalOf(() =>
      planOf('FROM base AS a\nCOPY --from=b /a /a\nFROM base AS b', { target: 'a' }),
    )
    expect(later).toMatchObject({
      code: 'BUILD.SYNTAX',
      hint: expect.stringMatching(/Move the stage "b" above/),
    })
  })

  test('may be called scratch', () => {
    expect(titles(planOf('FROM base AS scratch\nRUN one\nFROM scratch\nRUN two'))).toHaveLength(2)
  })

  test('that are misspelt bring the nearest to mind', () => {
    expect(refusalOf(() => planOf(several, { target: 'biuld' })).hint).toMatch(/Did you mean build/)
    const [, image] = neededImages(
      parseDockerfile('Dockerfile', 'FROM base AS build\nFROM base\nCOPY --from=biuld /a /a'),
      { target: null, arguments: {}, platform: testPlatform },
    )
    expect(image).toMatchObject({ reference: 'biuld', near: 'build' })
  })

  test('that only mounts name are needed', () => {
    const text =
      'FROM base AS build\nRUN make\nFROM base AS none\nFROM base\nRUN --mount=from=build,target=/b x'
    const planned = planOf(text)
    expect(titles(planned)).toEqual([
      '[build 2/2] RUN make',
      '[stage-2 2/2] RUN --mount=from=build,target=/b x',
    ])
    expect(planned.steps[1]?.inputs).toEqual([{ kind: 'step', id: '0.1' }])
  })
})

test('the patterns of all words together may cost a second, not each of them', () => {
  const words = Array.from({ length: 1_500 }, (_, index) => `ARG B${index % 10}=\${A##*}`)
  const many = ['FROM base', `ARG A=${'a'.repeat(60_000)}`, ...words].join('\n')
  expect(() => planOf(many)).toThrow(/patterns take too long/)
})
