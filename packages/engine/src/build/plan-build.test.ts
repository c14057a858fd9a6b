// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { isBerthError } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { parseIgnoreFile } from '../dockerfile/ignore-file.ts'
import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import type { Image, ImageConfig } from '../engine.ts'
import { neededImages } from './find-stages.ts'
import type { BuildPlan } from './plan.ts'
import { type PlanOptions, planBuild } from './plan-build.ts'
import { emptyConfig } from './stage-state.ts'

const platform = { os: 'linux', architecture: 'amd64' }

function image(config: Partial<ImageConfig> = {}, ...layers: string[]): Image {
  return {
    digest: 'sha256:0',
    config: { ...emptyConfig(platform), ...config },
    layers: layers.length > 0 ? layers : ['base'],
    createdAt: new Date(0),
  }
}

type Given = {
  arguments?: Record<string, string>
  target?: string
  labels?: Record<string, string>
  images?: Record<string, Image>
  /** Path → content id; `path*` is executable, `path -> target` a link. */
  files?: Record<string, string>
  ignore?: string
}

function optionsOf(given: Given): PlanOptions {
  const filter = parseIgnoreFile('.dockerignore', given.ignore ?? '')
  const links = new Map<string, string>()
  const entries = Object.entries(given.files ?? {}).map(([name, contentId]) => {
    const [path = '', target] = name.replace('*', '').split(' -> ')
    if (target !== undefined) links.set(path, target)
    const kind = target === undefined ? ('file' as const) : ('link' as const)
    return { path, kind, executable: name.endsWith('*'), contentId, sizeBytes: 1 }
  })
  return {
    target: given.target ?? null,
    arguments: given.arguments ?? {},
    labels: given.labels ?? {},
    platform,
    images: new Map(Object.entries({ base: image(), ...given.images })),
    context: {
      entries: entries.filter(({ path }) => !filter.ignores(path)),
      links,
      ignored: new Set(entries.map(({ path }) => path).filter(filter.ignores)),
    },
  }
}

function plan(text: string, given: Given = {}): BuildPlan {
  return planBuild(parseDockerfile('Dockerfile', text), optionsOf(given))
}

const titles = (given: BuildPlan) => given.steps.map((step) => step.title)
const action = (given: BuildPlan, index = 0) => given.steps[index]?.action
const key = (given: BuildPlan, index = 0) => given.steps[index]?.definitionKey

function code(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (isBerthError(error)) return error.code
    throw error
  }
  return 'nothing was thrown'
}

describe('steps', () => {
  test('are what makes layers, numbered as BuildKit does; the rest only changes the configuration', () => {
    const planned = plan('FROM base\nENV A=1\nWORKDIR /app\nCOPY . .\nRUN make\nCMD ["./app"]', {
      files: { a: '1' },
    })
    expect(planned.bases.map((base) => base.title)).toEqual(['[1/4] FROM base'])
    expect(titles(planned)).toEqual(['[2/4] WORKDIR /app', '[3/4] COPY . .', '[4/4] RUN make'])
    expect(planned.config).toMatchObject({ env: { A: '1' }, workingDirectory: '/app', command: ['./app'] })
  })

  test('stand on one another', () => {
    const planned = plan('FROM base\nRUN one\nRUN two')
    expect(planned.steps.map((step) => step.parent)).toEqual([
      { kind: 'image', reference: 'base', layers: ['base'] },
      { kind: 'step', id: '0.1' },
    ])
    expect(planned.result).toEqual({ kind: 'step', id: '0.2' })
  })

  test('without any, the image is its base with another configuration', () => {
    expect(plan('FROM base\nENV A=1').result).toEqual({ kind: 'image', reference: 'base', layers: ['base'] })
    expect(plan('FROM scratch\nCMD ["/x"]').result).toEqual({ kind: 'scratch' })
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
    const planned = plan(several)
    expect(titles(planned)).toEqual(['[build 2/2] RUN make', '[stage-3 1/1] COPY --from=build /app /app'])
    expect(planned.steps[1]?.inputs).toEqual([{ kind: 'step', id: '1.1' }])
  })

  test('are chosen by name or number', () => {
    expect(titles(plan(several, { target: 'TEST' }))).toEqual(['[test 2/2] RUN test'])
    expect(titles(plan(several, { target: '0' }))).toEqual(['[unused 2/2] RUN never'])
    expect(code(() => plan(several, { target: 'nope' }))).toBe('BUILD.TARGET_NOT_FOUND')
  })

  test('start from an earlier one with its configuration and arguments', () => {
    const planned = plan('FROM base AS a\nARG V=1\nENV E=x\nRUN one\nFROM a\nRUN echo $V', {})
    expect(action(planned, 1)).toMatchObject({ env: { V: '1', E: 'x' } })
    expect(planned.steps[1]?.parent).toEqual({ kind: 'step', id: '0.1' })
  })

  test('copied from by number, and never from a later one or itself', () => {
    expect(plan('FROM base\nRUN a\nFROM scratch\nCOPY --from=0 /a /a').steps[1]?.inputs).toHaveLength(1)
    expect(code(() => plan('FROM base AS me\nCOPY --from=me /a /a'))).toBe('BUILD.SYNTAX')
    expect(code(() => plan('FROM base\nCOPY --from=1 /a /a\nFROM base', { target: '0' }))).toBe(
      'BUILD.SYNTAX',
    )
  })

  test('tell which images must be there', () => {
    const text = 'ARG TAG=1\nFROM base:$TAG AS a\nFROM other AS unused\nFROM a\nCOPY --from=tools:2 /x /x'
    const needed = neededImages(parseDockerfile('Dockerfile', text), {
      target: null,
      arguments: {},
      platform,
    })
    expect(needed.map((each) => each.reference)).toEqual(['base:1', 'tools:2'])
  })

  test('for another platform are refused', () => {
    expect(code(() => plan('FROM --platform=linux/arm64 base'))).toBe('BUILD.UNSUPPORTED')
    expect(titles(plan('FROM --platform=$BUILDPLATFORM base\nRUN x'))).toHaveLength(1)
  })
})

describe('arguments', () => {
  const env = (text: string, args: Record<string, string> = {}) => {
    const run = action(plan(text, { arguments: args }))
    return run?.kind === 'run' ? run.env : {}
  }

  test('count in a stage only where they are declared', () => {
    expect(env('FROM base\nRUN x', { A: '1' })).not.toHaveProperty('A')
    expect(env('FROM base\nARG A\nRUN x', { A: '1' })).toMatchObject({ A: '1' })
    expect(env('FROM base\nARG A=2\nRUN x')).toMatchObject({ A: '2' })
    expect(env('FROM base\nARG A=2\nRUN x', { A: '1' })).toMatchObject({ A: '1' })
    expect(env('FROM base\nARG A\nRUN x')).not.toHaveProperty('A')
  })

  test('before the first FROM reach a stage that declares them again', () => {
    expect(env('ARG A=1\nFROM base\nRUN x')).not.toHaveProperty('A')
    expect(env('ARG A=1\nFROM base\nARG A\nRUN x')).toMatchObject({ A: '1' })
    expect(env('ARG A=1\nARG B=$A-b\nFROM base\nARG B\nRUN x')).toMatchObject({ B: '1-b' })
  })

  test('give way to ENV of the same name', () => {
    expect(env('FROM base\nARG A=1\nENV A=2\nRUN x', { A: '3' })).toMatchObject({ A: '2' })
  })

  test('the revision is known to builds that ask for it, and spoils no other cache', () => {
    const before = plan('FROM base\nRUN x', { arguments: { BERTH_REVISION: 'a' } })
    const after = plan('FROM base\nRUN x', { arguments: { BERTH_REVISION: 'b' } })
    expect(key(before)).toBe(key(after))
    expect(env('FROM base\nARG BERTH_REVISION\nRUN x', { BERTH_REVISION: 'a' })).toMatchObject({
      BERTH_REVISION: 'a',
    })
  })

  test('proxies reach every RUN and are in no key', () => {
    const with_ = plan('FROM base\nRUN x', { arguments: { HTTP_PROXY: 'http://proxy' } })
    expect(action(with_)).toMatchObject({ unkeyedEnv: { HTTP_PROXY: 'http://proxy' } })
    expect(key(with_)).toBe(key(plan('FROM base\nRUN x')))
  })

  test('a FROM whose argument has no value is refused', () => {
    expect(code(() => plan('ARG IMAGE\nFROM $IMAGE'))).toBe('BUILD.SYNTAX')
  })
})

describe('expansion', () => {
  const withEnv = 'FROM base\nENV D=/data F=file\n'

  test.each([
    ['WORKDIR $D', { kind: 'workdir', path: '/data' }],
    ['COPY $F $D/', { kind: 'copy', destination: '/data', isDirectory: true }],
    ['COPY --chown=$F:1 --chmod=${M:-755} file x', { owner: 'file:1', mode: { kind: 'octal', mode: 0o755 } }],
    ['RUN echo $D', { argv: ['/bin/sh', '-c', 'echo $D'] }],
    ['RUN ["echo", "$D"]', { argv: ['echo', '$D'] }],
  ])('%s', (line, expected) => {
    expect(action(plan(withEnv + line, { files: { file: '1' } }))).toMatchObject(expected)
  })

  test.each([
    ['LABEL a=$F', { labels: { a: 'file' } }],
    ['EXPOSE $P 53/udp', { exposedPorts: ['80/tcp', '81/tcp', '53/udp'] }],
    ['USER $F', { user: 'file' }],
    ['VOLUME $D /x', { volumes: ['/data', '/x'] }],
    ['STOPSIGNAL $S', { stopSignal: 'SIGINT' }],
    ['CMD echo $D', { command: ['/bin/sh', '-c', 'echo $D'] }],
    ['ENV D=1 E=$D', { env: { D: '1', E: '/data' } }],
  ])('%s', (line, expected) => {
    expect(plan(`${withEnv}ENV P="80-81" S=SIGINT\n${line}`).config).toMatchObject(expected)
  })

  test('a value that must be there names the line when it is not', () => {
    expect(() => plan('FROM base\nWORKDIR ${DIR:?say where}')).toThrow(/Dockerfile:2: DIR: say where/)
  })
})

describe('the configuration', () => {
  const base = image({
    command: ['base-command'],
    env: { PATH: '/bin' },
    user: 'base',
    exposedPorts: ['1/tcp'],
  })
  const config = (text: string) =>
    plan(`FROM base\n${text}`, { images: { base }, labels: { by: 'berth' } }).config

  test('begins with the base image’s', () => {
    expect(config('EXPOSE 2')).toMatchObject({
      command: ['base-command'],
      env: { PATH: '/bin' },
      user: 'base',
      exposedPorts: ['1/tcp', '2/tcp'],
      labels: { by: 'berth' },
    })
  })

  test('loses the base image’s command with a new ENTRYPOINT, but not its own', () => {
    expect(config('ENTRYPOINT ["e"]')).toMatchObject({ entrypoint: ['e'], command: null })
    expect(config('CMD ["c"]\nENTRYPOINT ["e"]')).toMatchObject({ entrypoint: ['e'], command: ['c'] })
  })

  test('takes the shell of SHELL', () => {
    const planned = plan('FROM base\nSHELL ["/bin/bash", "-ec"]\nRUN x\nCMD y')
    expect(action(planned)).toMatchObject({ argv: ['/bin/bash', '-ec', 'x'] })
    expect(planned.config.command).toEqual(['/bin/bash', '-ec', 'y'])
  })

  test('resolves a relative WORKDIR against the one before', () => {
    expect(config('WORKDIR /a\nWORKDIR b/../c').workingDirectory).toBe('/a/c')
  })

  test('runs ONBUILD of the base image, and hands on only its own', () => {
    const planned = plan('FROM base\nONBUILD RUN later\nRUN mine', {
      images: { base: image({ onBuild: ['COPY . /src', 'RUN theirs'] }) },
      files: { a: '1' },
    })
    expect(titles(planned)).toEqual(['[2/4] COPY . /src', '[3/4] RUN theirs', '[4/4] RUN mine'])
    expect(planned.config.onBuild).toEqual(['RUN later'])
  })

  test('an ONBUILD that copies from an image that nobody names is refused, at the FROM that brings it', () => {
    const bringing = image({ onBuild: ['COPY --from=tools:1 /bin/tool /bin/'] })
    const text = 'ARG X\nFROM bringing\nRUN x'
    expect(() => plan(text, { images: { bringing } })).toThrow(
      expect.objectContaining({
        code: 'BUILD.UNSUPPORTED',
        message: expect.stringMatching(/^Dockerfile:2: .*\("tools:1"\)/),
      }),
    )
    const own = 'FROM base AS one\nONBUILD COPY --from=tools:1 /bin/tool /bin/\nFROM one'
    expect(code(() => plan(own))).toBe('BUILD.UNSUPPORTED')
    const named = plan(`${text}\nCOPY --from=tools:1 /a /a`, { images: { bringing, 'tools:1': base } })
    expect(titles(named)).toHaveLength(3)
  })

  test.each([
    'EXPOSE http',
    'EXPOSE 99999',
    'EXPOSE 9-8',
    'STOPSIGNAL rm -rf',
    'COPY --chmod=rwx . .',
    'USER $X',
  ])('%s is refused', (line) => expect(code(() => config(line))).toBe('BUILD.SYNTAX'))
})

describe('COPY from the context', () => {
  const files = {
    'a.txt': '1',
    'b.txt': '2',
    'src/x.js': '3',
    'src/deep/y.js': '4',
    'run.sh*': '5',
    'in -> src': 'l',
  }
  const sources = (line: string, ignore = '') => {
    const copied = action(plan(`FROM base\nCOPY ${line}`, { files, ignore }))
    return copied?.kind === 'copy'
      ? copied.sources.map(({ name, entries }) => [name, entries.map((each) => each.path || each.entry.path)])
      : []
  }

  test.each([
    ['a.txt /x', [['a.txt', ['a.txt']]]],
    [
      '/a.txt ../a.txt /x/',
      [
        ['a.txt', ['a.txt']],
        ['a.txt', ['a.txt']],
      ],
    ],
    ['src /x', [['src', ['x.js', 'deep/y.js']]]],
    [
      '*.txt /x/',
      [
        ['a.txt', ['a.txt']],
        ['b.txt', ['b.txt']],
      ],
    ],
    ['a.txt none*.txt /x/', [['a.txt', ['a.txt']]]],
    ['in/x.js /x', [['x.js', ['src/x.js']]]],
    ['in /x', [['in', ['x.js', 'deep/y.js']]]],
    ['--exclude=deep src /x', [['src', ['x.js']]]],
  ])('%s', (line, expected) => {
    expect(sources(line)).toEqual(expected)
  })

  test('does not see what .dockerignore leaves out, and says so', () => {
    expect(sources('. /x', '*.txt\nrun.sh\nin')).toEqual([['', ['src/x.js', 'src/deep/y.js']]])
    expect(() => sources('a.txt /x', '*.txt')).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/ignore/) }),
    )
  })

  test('refuses what is not there, and a link that leads out', () => {
    expect(code(() => sources('missing /x'))).toBe('BUILD.SOURCE_NOT_FOUND')
    const outside = () => plan('FROM base\nCOPY etc /x', { files: { 'etc -> /etc/passwd': 'l' } })
    expect(code(outside)).toBe('BUILD.SOURCE_NOT_FOUND')
    const up = () => plan('FROM base\nCOPY up/passwd /x', { files: { 'up -> ../../../etc': 'l' } })
    expect(code(up)).toBe('BUILD.SOURCE_NOT_FOUND')
  })

  test('a link in a circle is not there', () => {
    const circle = () => plan('FROM base\nCOPY a /x', { files: { 'a -> b': '1', 'b -> a': '2' } })
    expect(code(circle)).toBe('BUILD.SOURCE_NOT_FOUND')
  })
})

describe('keys', () => {
  const copyKey = (files: Record<string, string>, line = 'COPY . /app', ignore = '') =>
    key(plan(`FROM base\n${line}`, { files, ignore }))
  const before = copyKey({ a: '1', b: '2' })

  test('are equal for equal content', () => {
    expect(copyKey({ a: '1', b: '2' })).toBe(before)
  })

  test('change with content, name, executable bit, destination, owner and mode', () => {
    const others = [
      copyKey({ a: '9', b: '2' }),
      copyKey({ a: '1', c: '2' }),
      copyKey({ 'a*': '1', b: '2' }),
      copyKey({ a: '1' }),
      copyKey({ a: '1', b: '2' }, 'COPY . /other'),
      copyKey({ a: '1', b: '2' }, 'COPY . /app/'),
      copyKey({ a: '1', b: '2' }, 'COPY --chown=1 . /app'),
      copyKey({ a: '1', b: '2' }, 'COPY --chmod=700 . /app'),
    ]
    expect(new Set([before, ...others]).size).toBe(others.length + 1)
  })

  test('do not change with files that are ignored or not copied', () => {
    expect(copyKey({ a: '1', b: '2', log: '3' }, 'COPY . /app', 'log')).toBe(before)
    expect(copyKey({ a: '1', b: '2' }, 'COPY a /a')).toBe(copyKey({ a: '1', b: '9' }, 'COPY a /a'))
  })

  test('of RUN change with command, variables, arguments in scope, user, directory and network', () => {
    const runKey = (text: string, args: Record<string, string> = {}) => {
      const planned = plan(`FROM base\n${text}`, { arguments: args })
      return planned.steps.findLast((step) => step.action.kind === 'run')?.definitionKey
    }
    const keys = [
      runKey('RUN x'),
      runKey('RUN y'),
      runKey('RUN ["x"]'),
      runKey('RUN --network=none x'),
      runKey('ENV A=1\nRUN x'),
      runKey('ARG A\nRUN x', { A: '2' }),
      runKey('USER 1\nRUN x'),
      runKey('WORKDIR /w\nRUN x'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(runKey('LABEL a=1\nEXPOSE 80\nRUN x')).toBe(keys[0])
  })
})

describe('heredocs', () => {
  test('of RUN are a script, or text that the shell reads', () => {
    expect(action(plan('FROM base\nRUN <<EOF\none\ntwo\nEOF'))).toMatchObject({
      argv: ['/bin/sh', '-c', 'one\ntwo\n'],
      script: null,
    })
    expect(action(plan('FROM base\nRUN cat <<EOF > /x\nhi\nEOF'))).toMatchObject({
      argv: ['/bin/sh', '-c', 'cat <<EOF > /x\nhi\nEOF'],
    })
    expect(action(plan('FROM base\nRUN <<EOF\n#!/usr/bin/python3\nprint(1)\nEOF'))).toMatchObject({
      script: '#!/usr/bin/python3\nprint(1)\n',
    })
  })

  test('of COPY are files; variables are replaced unless the name is in quotes', () => {
    const inline = (name: string) => action(plan(`FROM base\nENV A=1\nCOPY <<${name} /x\na=$A\nEOF`))
    expect(inline('EOF')).toMatchObject({ inline: [{ name: 'EOF', content: 'a=1\n' }] })
    expect(inline('"EOF"')).toMatchObject({ inline: [{ name: 'EOF', content: 'a=$A\n' }] })
  })
})
