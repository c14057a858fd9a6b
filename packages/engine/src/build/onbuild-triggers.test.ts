// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import type { Image } from '../engine.ts'
import {
  actionOf,
  codeOf,
  planOf,
  refusalOf,
  runOf,
  testImage,
  testPlatform,
  titles,
} from '../testing/plan-of.ts'
import { neededImages } from './find-stages.ts'

const bringing = (...onBuild: string[]) => ({
  images: { bringing: testImage({ onBuild }), 'tools:1': testImage() },
})

describe('ONBUILD', () => {
  test('runs ONBUILD of the base image, and hands on only its own', () => {
    const planned = planOf('FROM base\nONBUILD RUN later\nRUN mine', {
      images: { base: testImage({ onBuild: ['COPY . /src', 'RUN theirs'] }) },
      files: { a: '1' },
    })
    expect(titles(planned)).toEqual([
      '[2/4] ONBUILD COPY . /src',
      '[3/4] ONBUILD RUN theirs',
      '[4/4] RUN mine',
    ])
    expect(planned.config.onBuild).toEqual(['RUN later'])
  })

  test('of an earlier stage runs in the stage that starts from it, and not in the one after', () => {
    const planned = planOf('FROM base AS a\nONBUILD RUN b\nRUN a\nFROM a AS b\nRUN own\nFROM b\nRUN last')
    expect(titles(planned)).toEqual([
      '[a 2/2] RUN a',
      '[b 1/2] ONBUILD RUN b',
      '[b 2/2] RUN own',
      '[stage-2 1/1] RUN last',
    ])
  })

  test('sees the arguments and changes the configuration of the stage that runs it', () => {
    const run = runOf('FROM bringing\nRUN x', {
      ...bringing('ARG A=1', 'ENV B=$A', 'USER web'),
      arguments: { A: '2' },
    })
    expect(run).toMatchObject({ env: { A: '2', B: '2' }, user: 'web' })
  })

  test('copies and mounts from stages of the Dockerfile and from images that it does not name', () => {
    const given = bringing(
      'COPY --from=tools:1 /a /a',
      'RUN --mount=from=tools:1,target=/t x',
      'COPY --from=build /b /b',
    )
    const planned = planOf('FROM base AS build\nRUN make\nFROM bringing', given)
    expect(planned.steps.slice(1).map(({ inputs }) => inputs)).toMatchObject([
      [{ kind: 'image', reference: 'tools:1' }],
      [{ kind: 'image', reference: 'tools:1' }],
      [{ kind: 'step', id: '0.1' }],
    ])
  })

  test('says which images it needs as soon as its own is there', () => {
    const dockerfile = parseDockerfile('Dockerfile', 'FROM bringing AS a\nFROM a')
    const needed = (images: Record<string, Image>) =>
      neededImages(dockerfile, {
        target: null,
        arguments: {},
        platform: testPlatform,
        images: new Map(Object.entries(images)),
      }).map(({ reference }) => reference)
    expect(needed({})).toEqual(['bringing'])
    expect(needed(bringing('COPY --from=tools:1 /a /a').images)).toEqual(['bringing', 'tools:1'])
  })

  test('of a stage says what it needs before anything is there', () => {
    const dockerfile = parseDockerfile(
      'Dockerfile',
      'FROM base AS a\nONBUILD COPY --from=tools:1 /a /a\nFROM a',
    )
    const needed = neededImages(dockerfile, { target: null, arguments: {}, platform: testPlatform })
    expect(needed.map(({ reference }) => reference)).toEqual(['base', 'tools:1'])
  })

  test('may hold a heredoc, and knows no escape directive', () => {
    const planned = planOf('# escape=`\nFROM bringing', bringing('COPY <<EOF /x\none\nEOF', 'RUN a \\\n b'))
    expect(actionOf(planned)).toMatchObject({ inline: [{ name: 'EOF', content: 'one\n' }] })
    expect(actionOf(planned, 1)).toMatchObject({ argv: ['/bin/sh', '-c', 'a  b'] })
  })

  test.each(['FROM x', 'RUN a\nRUN b', '# nothing'])('%j is refused', (trigger) => {
    expect(codeOf(() => planOf('FROM bringing', bringing(trigger)))).toBe('BUILD.SYNTAX')
  })

  test('of more than a thousand instructions is refused', () => {
    const many = Array.from({ length: 1_001 }, () => 'USER x')
    expect(codeOf(() => planOf('FROM bringing', bringing(...many)))).toBe('BUILD.SYNTAX')
  })

  test('what is wrong in it is shown with its own lines', () => {
    const { code, message } = refusalOf(() => planOf('FROM bringing', bringing('RUNN x')))
    expect(code).toBe('BUILD.UNKNOWN_INSTRUCTION')
    expect(message).toMatch(/^ONBUILD of bringing:1: /)
  })
})
