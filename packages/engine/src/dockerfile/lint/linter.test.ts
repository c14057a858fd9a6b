// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { isBerthError } from '@berth/domain'
import { describe, expect, test } from 'vitest'
import { emptyContext } from '../../build/context.ts'
import { planBuild } from '../../build/plan-build.ts'
import { emptyConfig } from '../../build/stage-state.ts'
import type { Image } from '../../engine.ts'
import { parseIgnoreFile } from '../ignore-file.ts'
import { parseDockerfile } from '../parse-dockerfile.ts'
import { assertChecks } from './linter.ts'
import { type RuleName, rules } from './rules.ts'

const platform = { os: 'linux', architecture: 'amd64' }
const base: Image = {
  digest: 'sha256:0',
  config: { ...emptyConfig(platform), env: { PATH: '/bin', FROM_BASE: 'x' } },
  layers: ['base'],
  createdAt: new Date(0),
}

type Given = {
  arguments?: Record<string, string>
  ignore?: string
  files?: readonly string[]
  target?: string
  image?: Image
}

/** `rule:line` of each warning. */
function lint(text: string, given: Given = {}): string[] {
  return warningsOf(text, given).map(({ rule, line }) => `${rule}:${line}`)
}

function warningsOf(text: string, given: Given = {}) {
  const dockerfile = parseDockerfile('Dockerfile', text)
  const filter = parseIgnoreFile('.dockerignore', given.ignore ?? '')
  const paths = given.files ?? ['a.txt', 'b.log', 'dir/c.txt']
  const entry = (path: string) => ({
    path,
    kind: 'file' as const,
    executable: false,
    contentId: path,
    sizeBytes: 1,
  })
  const images = new Map(
    ['base', 'base:1', 'base:stable', 'base:3'].map((name) => [name, given.image ?? base] as const),
  )
  return planBuild(dockerfile, {
    target: given.target ?? null,
    arguments: given.arguments ?? {},
    labels: {},
    platform,
    images,
    context: {
      ...emptyContext,
      entries: paths.filter((path) => !filter.ignores(path)).map(entry),
      ignored: new Set(paths.filter((path) => filter.ignores(path))),
    },
  }).warnings
}

/** For each rule: what it warns of, at which line, and what it lets pass. */
const cases: Record<RuleName, { warns: [string, number, Given?][]; passes: [string, Given?][] }> = {
  StageNameCasing: {
    warns: [['FROM base AS Build', 1]],
    passes: [['FROM base AS build'], ['FROM base']],
  },
  FromAsCasing: {
    warns: [
      ['FROM base as one', 1],
      ['FROM base As one', 1],
      ['from base AS one', 1],
      ['FROM --platform=$BUILDPLATFORM base as one', 1],
    ],
    passes: [['FROM base AS one'], ['from base as one']],
  },
  NoEmptyContinuation: {
    warns: [['FROM base\nRUN a \\\n\n  b', 4]],
    passes: [['FROM base\nRUN a \\\n# why\n  b'], ['FROM base\nRUN <<EOF\na\n\nb\nEOF']],
  },
  ConsistentInstructionCasing: {
    warns: [
      ['FROM base\nrun a\nRUN b', 2],
      ['from base\nRUN a\nrun b', 2],
      ['FROM base\nRun a', 2],
    ],
    passes: [['from base\nrun a'], ['FROM base\nRUN a'], ['arg A=1\nFROM base\nRUN a']],
  },
  DuplicateStageName: {
    warns: [['FROM base AS one\nFROM base AS one', 2]],
    passes: [['FROM base AS one\nFROM base AS two']],
  },
  ReservedStageName: { warns: [['FROM base AS context', 1]], passes: [['FROM base AS contexts']] },
  JSONArgsRecommended: {
    warns: [
      ['FROM base\nCMD echo a', 2],
      ['FROM base\nENTRYPOINT echo a', 2],
      ['FROM base\nCMD [echo, a]', 2],
    ],
    passes: [
      ['FROM base\nCMD ["echo", "a"]'],
      ['FROM base\nSHELL ["/bin/bash", "-c"]\nCMD echo a'],
      ['FROM base\nRUN echo a'],
      ['FROM base AS unused\nCMD echo a\nFROM base'],
      [
        'FROM base\nCMD echo a',
        { image: { ...base, config: { ...base.config, shell: ['/bin/bash', '-c'] } } },
      ],
    ],
  },
  MaintainerDeprecated: {
    warns: [['FROM base\nMAINTAINER me', 2]],
    passes: [['FROM base\nLABEL org.opencontainers.image.authors="me"']],
  },
  UndefinedArgInFrom: {
    warns: [
      ['FROM base:1$NONE', 1],
      ['FROM --platform=${BULIDPLATFORM:-linux/amd64} base', 1],
    ],
    passes: [['ARG VARIANT\nFROM base:1$VARIANT'], ['FROM --platform=$BUILDPLATFORM base']],
  },
  WorkdirRelativePath: {
    warns: [['FROM base\nWORKDIR app\nWORKDIR src', 2]],
    passes: [
      ['FROM base\nWORKDIR /app\nWORKDIR src'],
      ['FROM base AS one\nWORKDIR /app\nFROM one\nWORKDIR src'],
      ['FROM base\nENV D=/app\nWORKDIR $D'],
    ],
  },
  UndefinedVar: {
    warns: [
      ['FROM base\nLABEL a=$NONE', 2],
      ['FROM base\nCOPY $NONE/a.txt /x/', 2],
      ['ARG A=1\nFROM base\nLABEL a=$A', 3],
      ['FROM base\nCOPY <<EOF /x\n$NONE\nEOF', 2],
      ['FROM base\nARG A=$NONE', 2],
      ['FROM base\nRUN --mount=type=cache,target=/c/$NONE x', 2],
    ],
    passes: [
      ['FROM base\nLABEL a=$PATH b=$FROM_BASE'],
      ['FROM base\nARG A\nLABEL a=$A'],
      ['FROM base\nARG A=1 B=$A\nENV C=$B\nLABEL a=$C'],
      ["FROM base\nLABEL a='$NONE' b=\\$NONE"],
      ['FROM base\nRUN echo $NONE\nCMD ["$NONE"]'],
      ['FROM base AS one\nARG A\nFROM one\nLABEL a=$A'],
      ['FROM base\nARG A=$NONE', { arguments: { A: '1' } }],
      ['FROM base\nCOPY <<"EOF" /x\n$NONE\nEOF'],
    ],
  },
  MultipleInstructionsDisallowed: {
    warns: [
      ['FROM base\nCMD ["a"]\nCMD ["b"]', 2],
      ['FROM base\nENTRYPOINT ["a"]\nENTRYPOINT ["b"]', 2],
      ['FROM base\nHEALTHCHECK CMD a\nHEALTHCHECK NONE', 2],
    ],
    passes: [['FROM base AS one\nCMD ["a"]\nFROM one\nCMD ["b"]'], ['FROM base\nUSER a\nUSER b']],
  },
  LegacyKeyValueFormat: {
    warns: [
      ['FROM base\nENV A the value', 2],
      ['FROM base\nLABEL a the value', 2],
      ['FROM base\nENV \\\n  A value', 2],
    ],
    passes: [['FROM base\nENV A="the value"\nLABEL a=b'], ['FROM base\nENV A=the\\ value']],
  },
  InvalidBaseImagePlatform: {
    warns: [['FROM base', 1, { image: { ...base, config: { ...base.config, architecture: 'arm64' } } }]],
    passes: [['FROM base'], ['FROM scratch']],
  },
  RedundantTargetPlatform: {
    warns: [
      ['FROM --platform=$TARGETPLATFORM base', 1],
      ['FROM --platform=${TARGETPLATFORM} base', 1],
    ],
    passes: [['FROM --platform=$BUILDPLATFORM base'], ['FROM base']],
  },
  SecretsUsedInArgOrEnv: {
    warns: [
      ['FROM base\nARG NPM_TOKEN', 2],
      ['FROM base\nENV database_password=x', 2],
      ['FROM base\nENV AWS_SECRET_ACCESS_KEY=x', 2],
    ],
    passes: [
      ['FROM base\nARG PUBLIC_KEY'],
      ['FROM base\nENV DB_PASSWORD_FILE=/run/x TOKENS=1 KEYBOARD=de'],
      ['ARG TOKEN\nFROM base'],
    ],
  },
  InvalidDefaultArgInFrom: {
    warns: [['ARG TAG\nFROM base:${TAG}', 2, { arguments: { TAG: '1' } }]],
    passes: [
      ['ARG TAG=1\nFROM base:${TAG}'],
      ['ARG VARIANT\nFROM base:stable${VARIANT}'],
      ['ARG TAG\nFROM base:${TAG:-3}'],
    ],
  },
  FromPlatformFlagConstDisallowed: {
    warns: [['FROM --platform=linux/amd64 base', 1]],
    passes: [
      ['FROM --platform=$BUILDPLATFORM base'],
      ['FROM --platform=linux/amd64 base AS build_amd64'],
      ['FROM base'],
    ],
  },
  CopyIgnoredFile: {
    warns: [
      ['# check=experimental=all\nFROM base\nCOPY *.log /x/', 3, { ignore: '*.log' }],
      ['# check=experimental=all\nFROM base\nCOPY . /x/', 3, { ignore: '*' }],
      ['# check=experimental=all\nFROM base\nADD d* /x/', 3, { ignore: 'dir' }],
    ],
    passes: [
      ['FROM base\nCOPY *.log /x/', { ignore: '*.log' }],
      ['# check=experimental=all\nFROM base\nCOPY *.txt /x/', { ignore: '*.log' }],
      ['# check=experimental=all\nFROM base\nCOPY dir /x/', { ignore: '*\n!dir/c.txt' }],
      ['# check=experimental=all\nFROM base\nCOPY *.none /x/', { ignore: '*.log' }],
      [
        '# check=experimental=all\nFROM base AS one\nFROM base\nCOPY --from=one /b.log /x/',
        { ignore: '*.log' },
      ],
    ],
  },
  InvalidDefinitionDescription: {
    warns: [
      ['# check=experimental=all\n\n# the base\nFROM base AS one', 4],
      ['# check=experimental=InvalidDefinitionDescription\nFROM base\n# what to take\nARG V=1', 4],
      ['# check=experimental=all\nFROM base\n# what to take\n\nARG V=1', 5],
    ],
    passes: [
      ['# the base\nFROM base AS one'],
      ['# check=experimental=all\nFROM base AS one'],
      ['# check=experimental=all\n\n# one is the base\nFROM base AS one\n# V is what to take\nARG V=1'],
      ['# check=experimental=all\n\n# the base\n#\nFROM base AS one'],
      ['# check=experimental=all\n\nFROM base AS one\nRUN <<EOF\n# a comment\nEOF\nARG A=1'],
    ],
  },
  ExposeProtoCasing: {
    warns: [['FROM base\nEXPOSE 80/TCP', 2]],
    passes: [['FROM base\nEXPOSE 80/tcp 53/udp']],
  },
  ExposeInvalidFormat: {
    warns: [
      ['FROM base\nEXPOSE 127.0.0.1:80:80', 2],
      ['FROM base\nEXPOSE 5000:80', 2],
    ],
    passes: [['FROM base\nEXPOSE 80 8000-8010/tcp']],
  },
  InvalidOnbuildTrigger: {
    warns: [
      ['FROM base\nONBUILD FROBNICATE x', 2],
      ['FROM base\nONBUILD COPY a', 2],
    ],
    passes: [['FROM base\nONBUILD RUN <<EOF\nx\nEOF'], ['FROM base\nONBUILD COPY a b']],
  },
}

describe.each(Object.entries(cases))('%s', (rule, { warns, passes }) => {
  test.each(warns)('warns of %j at line %i', (text, line, given) => {
    expect(lint(text, given)).toContain(`${rule}:${line}`)
  })
  test.each(passes)('lets %j pass', (text, given) => {
    expect(lint(text, given).filter((each) => each.startsWith(`${rule}:`))).toEqual([])
  })
})

describe('warnings', () => {
  test('say where they are, in the order of the file, in a sentence', () => {
    const warnings = warningsOf('FROM base AS One\nMAINTAINER me\nENV TOKEN x\nCMD echo')
    expect(warnings.map(({ rule, path, line }) => [rule, path, line])).toEqual([
      ['StageNameCasing', 'Dockerfile', 1],
      ['MaintainerDeprecated', 'Dockerfile', 2],
      ['LegacyKeyValueFormat', 'Dockerfile', 3],
      ['SecretsUsedInArgOrEnv', 'Dockerfile', 3],
      ['JSONArgsRecommended', 'Dockerfile', 4],
    ])
    for (const { text } of warnings) expect(text).toMatch(/^.{20,200}[.?]$/)
  })

  test('say where their instruction ends, heredocs among it', () => {
    const text = 'FROM base\nCOPY <<EOF /x\n$NONE\nEOF\nLABEL a=b \\\n  c=$NONE\nRUN a \\\n\n  b'
    expect(warningsOf(text).map(({ rule, line, endLine }) => [rule, line, endLine])).toEqual([
      ['UndefinedVar', 2, 4],
      ['UndefinedVar', 5, 6],
      ['NoEmptyContinuation', 9, 9],
    ])
  })

  test('suggest what was meant', () => {
    const [warning] = warningsOf('FROM base\nARG VERSION=1\nLABEL a=$VERSON')
    expect(warning?.text).toMatch(/VERSION/)
  })

  test('come for stages that the target needs, where they need the plan; else for all', () => {
    const text = 'FROM base AS Unused\nENV TOKEN=x\nFROM base AS used'
    expect(lint(text)).toEqual(['StageNameCasing:1'])
  })

  test('of a base image’s triggers are its own', () => {
    const image = { ...base, config: { ...base.config, onBuild: ['ENV TOKEN x', 'WORKDIR app'] } }
    expect(lint('FROM base', { image })).toEqual([])
  })
})

describe('the check directive', () => {
  const text = 'FROM base AS One\nMAINTAINER me'

  test.each([
    ['skip=StageNameCasing', ['MaintainerDeprecated:3']],
    ['skip=MaintainerDeprecated,StageNameCasing', []],
    ['skip=MaintainerDeprecated, StageNameCasing', ['StageNameCasing:2']],
    ['skip=all', []],
    ['error=false', ['StageNameCasing:2', 'MaintainerDeprecated:3']],
    ['skip=Unknown;error=true', ['StageNameCasing:2', 'MaintainerDeprecated:3']],
  ])('%s', (check, left) => expect(lint(`# check=${check}\n${text}`)).toEqual(left))

  test.each(['nonsense', 'skip', 'error=maybe', 'ignore=all'])('%s is refused', (check) => {
    const work = () => lint(`# syntax=docker/dockerfile:1\n# check=${check}\n${text}`)
    expect(work).toThrow(
      expect.objectContaining({ code: 'BUILD.SYNTAX', message: expect.stringContaining('Dockerfile:2:') }),
    )
  })

  test('can be given as a build argument instead', () => {
    const given = { arguments: { BUILDKIT_DOCKERFILE_CHECK: 'skip=all' } }
    expect(lint(`# check=error=true\n${text}`, given)).toEqual([])
  })

  test('with error=true makes warnings an error, but not those that it skips', () => {
    const checked = (check: string) => {
      const whole = `# check=${check}\n${text}`
      assertChecks(parseDockerfile('Dockerfile', whole), {}, warningsOf(whole))
    }
    expect(() => checked('error=true')).toThrow(
      expect.objectContaining({
        code: 'BUILD.CHECKS_FAILED',
        message: expect.stringMatching(/^Dockerfile:2: .*StageNameCasing, MaintainerDeprecated/),
      }),
    )
    expect(() => checked('error=true;skip=all')).not.toThrow()
    expect(() => checked('skip=StageNameCasing')).not.toThrow()
  })

  test('with error=true lets pass what only rules of our own find', () => {
    const whole = '# check=error=true\nFROM base\nONBUILD FROBNICATE x'
    const warnings = warningsOf(whole)
    expect(warnings.map(({ rule }) => rule)).toEqual(['InvalidOnbuildTrigger'])
    expect(() => assertChecks(parseDockerfile('Dockerfile', whole), {}, warnings)).not.toThrow()
  })
})

test('every rule has cases, and an error is a coded one', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(rules).sort())
  try {
    lint('# check=x\nFROM base')
  } catch (error) {
    expect(isBerthError(error, 'BUILD.SYNTAX')).toBe(true)
  }
})
