// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { actionOf, codeOf, keyOf, planOf } from '../testing/plan-of.ts'

describe('arguments', () => {
  const env = (text: string, args: Record<string, string> = {}) => {
    const run = actionOf(planOf(text, { arguments: args }))
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

  test('and ENV of one name: the later one counts, for the step but not for the image', () => {
    expect(env('FROM base\nARG A=1\nENV A=2\nRUN x', { A: '3' })).toMatchObject({ A: '2' })
    expect(env('FROM base\nENV A=2\nARG A=1\nRUN x')).toMatchObject({ A: '1' })
    expect(env('FROM base\nENV A=2\nARG A\nRUN x')).toMatchObject({ A: '2' })
    expect(planOf('FROM base\nENV A=2\nARG A=1').config.env).toMatchObject({ A: '2' })
  })

  test('may have defaults that name earlier ones, in the same line too; a given value is taken as it is', () => {
    expect(env('FROM base\nARG A=1 B=$A-2\nARG C=${B/-/+}\nRUN x')).toMatchObject({ B: '1-2', C: '1+2' })
    expect(env('FROM base\nARG A=${B:?needed}\nRUN x', { A: '$HOME' })).toMatchObject({ A: '$HOME' })
    expect(codeOf(() => planOf('FROM base\nARG A=${B:?needed}'))).toBe('BUILD.SYNTAX')
  })

  test.each([
    ['BUILDPLATFORM', 'linux/amd64'],
    ['TARGETPLATFORM', 'linux/amd64'],
    ['TARGETOS', 'linux'],
    ['TARGETARCH', 'amd64'],
    ['TARGETVARIANT', ''],
    ['TARGETSTAGE', 'last'],
  ])('%s is known to those who declare it', (name, value) => {
    expect(env(`FROM base AS last\nARG ${name}\nRUN x`)).toMatchObject({ [name]: value })
    expect(env('FROM base AS last\nRUN x')).not.toHaveProperty(name)
    expect(env(`FROM base AS last\nARG ${name}\nRUN x`, { [name]: 'given' })).toMatchObject({
      [name]: 'given',
    })
  })

  test('say which stage is asked for', () => {
    expect(env('FROM base\nARG TARGETSTAGE\nRUN x')).toMatchObject({ TARGETSTAGE: 'default' })
    const asked = planOf('FROM base AS a\nARG TARGETSTAGE\nRUN x\nFROM base', { target: 'a' })
    expect(actionOf(asked)).toMatchObject({ env: { TARGETSTAGE: 'a' } })
  })

  test('that steer BuildKit’s attestations are no variables', () => {
    expect(env('FROM base\nARG BUILDKIT_SBOM_SCAN_STAGE=true\nRUN x')).not.toHaveProperty(
      'BUILDKIT_SBOM_SCAN_STAGE',
    )
  })

  test('give the date of what is built', () => {
    const date = (text: string, args: Record<string, string> = {}) =>
      planOf(text, { arguments: args }).sourceDate
    expect(date('FROM base')).toBeNull()
    expect(date('FROM base', { SOURCE_DATE_EPOCH: '86400' })).toEqual(new Date('1970-01-02'))
    expect(date('ARG SOURCE_DATE_EPOCH=0\nFROM base')).toEqual(new Date(0))
    expect(date('FROM base', { SOURCE_DATE_EPOCH: '' })).toBeNull()
    const odd = planOf('FROM base', { arguments: { SOURCE_DATE_EPOCH: 'today' } })
    expect(odd).toMatchObject({
      sourceDate: null,
      warnings: [{ text: expect.stringMatching(/SOURCE_DATE_EPOCH/) }],
    })
  })

  test('that no ARG declares are warned of, but for those that need none', () => {
    const warnings = (text: string, args: Record<string, string>) =>
      planOf(text, { arguments: args }).warnings.map((each) => each.text)
    const predefined = {
      http_proxy: 'x',
      BUILDKIT_INLINE_CACHE: '1',
      TARGETARCH: 'amd64',
      BERTH_REVISION: 'a',
    }
    expect(warnings('FROM base', { ...predefined, A: '1', B: '2' })).toEqual([
      'Given, but declared by no ARG: "A", "B".',
    ])
    expect(warnings('ARG A\nFROM base AS unused\nARG B\nFROM base', { A: '1', B: '2' })).toEqual([])
  })

  test('the revision is known to builds that ask for it, and spoils no other cache', () => {
    const before = planOf('FROM base\nRUN x', { arguments: { BERTH_REVISION: 'a' } })
    const after = planOf('FROM base\nRUN x', { arguments: { BERTH_REVISION: 'b' } })
    expect(keyOf(before)).toBe(keyOf(after))
    expect(env('FROM base\nARG BERTH_REVISION\nRUN x', { BERTH_REVISION: 'a' })).toMatchObject({
      BERTH_REVISION: 'a',
    })
  })

  test('for proxies reach every RUN in both cases, and are in no key', () => {
    const with_ = planOf('FROM base\nRUN x', { arguments: { HTTP_PROXY: 'http://proxy', no_proxy: 'local' } })
    expect(actionOf(with_)).toMatchObject({
      unkeyedEnv: {
        HTTP_PROXY: 'http://proxy',
        http_proxy: 'http://proxy',
        NO_PROXY: 'local',
        no_proxy: 'local',
      },
    })
    expect(keyOf(with_)).toBe(keyOf(planOf('FROM base\nRUN x')))
    expect(env('FROM base\nRUN x', { HTTP_PROXY: 'http://proxy' })).not.toHaveProperty('HTTP_PROXY')
  })

  test('a FROM whose argument has no value is refused', () => {
    expect(codeOf(() => planOf('ARG IMAGE\nFROM $IMAGE'))).toBe('BUILD.SYNTAX')
  })
})
