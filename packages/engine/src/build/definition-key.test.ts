// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { keyOf, planOf } from '../testing/plan-of.ts'

describe('keys', () => {
  const copyKey = (files: Record<string, string>, line = 'COPY . /app', ignore = '') =>
    keyOf(planOf(`FROM base\n${line}`, { files, ignore }))
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
      const planned = planOf(`FROM base\n${text}`, { arguments: args })
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
      runKey('RUN --mount=type=cache,target=/c x'),
      runKey('RUN --mount=type=cache,target=/c,mode=0700 x'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(runKey('LABEL a=1\nEXPOSE 80\nRUN x')).toBe(keys[0])
  })
})
