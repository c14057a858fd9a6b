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

  test('give way to ENV of the same name', () => {
    expect(env('FROM base\nARG A=1\nENV A=2\nRUN x', { A: '3' })).toMatchObject({ A: '2' })
  })

  test('the revision is known to builds that ask for it, and spoils no other cache', () => {
    const before = planOf('FROM base\nRUN x', { arguments: { BERTH_REVISION: 'a' } })
    const after = planOf('FROM base\nRUN x', { arguments: { BERTH_REVISION: 'b' } })
    expect(keyOf(before)).toBe(keyOf(after))
    expect(env('FROM base\nARG BERTH_REVISION\nRUN x', { BERTH_REVISION: 'a' })).toMatchObject({
      BERTH_REVISION: 'a',
    })
  })

  test('proxies reach every RUN and are in no key', () => {
    const with_ = planOf('FROM base\nRUN x', { arguments: { HTTP_PROXY: 'http://proxy' } })
    expect(actionOf(with_)).toMatchObject({ unkeyedEnv: { HTTP_PROXY: 'http://proxy' } })
    expect(keyOf(with_)).toBe(keyOf(planOf('FROM base\nRUN x')))
  })

  test('a FROM whose argument has no value is refused', () => {
    expect(codeOf(() => planOf('ARG IMAGE\nFROM $IMAGE'))).toBe('BUILD.SYNTAX')
  })
})
