// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BuildRequest } from '../engine.ts'
import { requestOf } from '../testing/build-home.ts'
import { planOf, testImage, testPlatform } from '../testing/plan-of.ts'
import { imageIdentity, isMemorablePlan, type KnownPlan, PlanMemory, planSite } from './plan-memory.ts'
import { outlinePlan } from './schedule/outline-plan.ts'

const site = async (over: Partial<BuildRequest> = {}, id = 'tree', platform = testPlatform) => {
  const found = await planSite(requestOf({}, { tree: { ...noTree, id: async () => id }, ...over }), platform)
  if (found === null) throw new Error('The tree says what it is')
  return found
}
const noTree: BuildRequest['tree'] = {
  entries: () => Promise.reject(new Error('not to be listed')),
  read: () => {
    throw new Error('not to be read')
  },
}
const known = async (text = 'FROM base\nRUN x', given: Record<string, string> = {}): Promise<KnownPlan> => {
  const plan = planOf(text, { arguments: given })
  return { outline: await outlinePlan(plan, async (step) => step.definitionKey), images: new Map() }
}

describe('the site of a plan', () => {
  const fields = fc.record({
    id: fc.constantFrom('one', 'other'),
    dockerfilePath: fc.constantFrom('Dockerfile', 'other'),
    target: fc.constantFrom(null, 'a', 'b'),
    labels: fc.dictionary(fc.constantFrom('l', 'm'), fc.constantFrom('1', '2')),
    arguments: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1')),
    sourceDate: fc.constantFrom(null, new Date(0), new Date(1_000)),
    architecture: fc.constantFrom('amd64', 'arm64'),
  })

  test('is another one wherever anything differs that a plan is made of', async () => {
    await fc.assert(
      fc.asyncProperty(fields, fields, async (one, other) => {
        const [a, b] = await Promise.all(
          [one, other].map(({ id, architecture, ...over }) => site(over, id, { os: 'linux', architecture })),
        )
        expect(a?.key === b?.key).toBe(sorted(one) === sorted(other))
      }),
      { numRuns: 500 },
    )
  })

  test('has every field of a request in it that is not named as having no part', async () => {
    const later = { aFieldOfTomorrow: 1 } as Partial<BuildRequest>
    expect((await site(later)).key).not.toBe((await site()).key)
  })

  test('is the same whatever has no part in a plan', async () => {
    const without: Partial<BuildRequest> = {
      names: ['x'],
      cacheScope: 'other',
      noCache: true,
      limits: { memoryBytes: 1, cpuWeight: 1, pids: 1, timeoutMs: 1, diskBytes: 1 },
      authorities: '/etc/ca.pem',
      hiddenNames: ['berth/'],
      imageScope: 'team',
      sshKnownHosts: 'host key',
      remoteAddresses: 'any',
    }
    expect((await site(without)).key).toBe((await site()).key)
  })

  test('is none where a tree does not say which it is', async () => {
    expect(await planSite(requestOf({}), testPlatform)).toBe(null)
  })
})

describe('the memory', () => {
  test('gives back what was kept for the site, a copy of its own', async () => {
    const memory = new PlanMemory()
    const given = await known('FROM base\nENV A=1\nRUN x')
    memory.keep(await site(), given)
    expect(memory.find(await site())).toEqual(given)
    expect(memory.find(await site())).not.toBe(given)
    expect(memory.find(await site({}, 'another tree'))).toBe(undefined)
  })

  test.each([
    ['an ARG', 'FROM base\nARG BERTH_REVISION\nRUN x', false],
    ['an ARG of a stage that is not built', 'FROM base AS a\nARG BERTH_REVISION\nFROM base\nRUN x', false],
    ['a FROM line', 'FROM ${BERTH_REVISION:+base}\nRUN x', false],
    ['the default of a global ARG', 'ARG A=$BERTH_REVISION\nFROM base\nRUN x', false],
    ['nothing', 'FROM base\nRUN echo $BERTH_REVISION', true],
  ])('counts the value of BERTH_REVISION that %s names', async (_what, text, isFound) => {
    const memory = new PlanMemory()
    const [one, other] = [{ BERTH_REVISION: '1' }, { BERTH_REVISION: '2' }]
    memory.keep(await site({ arguments: one }), await known(text, one))
    expect(memory.find(await site({ arguments: one }))).toBeDefined()
    expect(memory.find(await site({ arguments: other })) !== undefined).toBe(isFound)
  })

  test.each(['HTTP_PROXY', 'SOURCE_DATE_EPOCH', 'BUILDKIT_DOCKERFILE_CHECK', 'TARGETARCH', 'A'])(
    'counts the value of %s',
    async (name) => {
      const memory = new PlanMemory()
      const text = 'FROM base\nARG A\nRUN x'
      memory.keep(await site({ arguments: { [name]: '' } }), await known(text, { [name]: '' }))
      expect(memory.find(await site({ arguments: { [name]: '' } }))).toBeDefined()
      expect(memory.find(await site({ arguments: { [name]: '1' } }))).toBe(undefined)
    },
  )

  test('holds no more than it may: what was not asked for the longest goes first', async () => {
    const memory = new PlanMemory(40_000)
    const large = await known(`FROM base\nRUN ${'x'.repeat(200)}`)
    memory.keep(await site({}, 'asked for'), large)
    for (let number = 0; number < 50; number += 1) {
      memory.keep(await site({}, `${number}`), large)
      expect(memory.find(await site({}, 'asked for'))).toBeDefined()
    }
    expect(memory.find(await site({}, '49'))).toBeDefined()
    expect(memory.find(await site({}, '0'))).toBe(undefined)
  })

  test('holds no plan that would take much of its room', async () => {
    const memory = new PlanMemory(40_000)
    memory.keep(await site(), await known())
    memory.keep(await site(), await known(`FROM base\nENV A=${'x'.repeat(5_000)}\nRUN x`))
    expect(memory.find(await site())).toBe(undefined)
  })

  test('is for no plan that fetches', () => {
    expect(isMemorablePlan(planOf('FROM base\nRUN x'))).toBe(true)
    expect(isMemorablePlan(planOf('FROM base\nADD https://example.test/a /a'))).toBe(false)
  })
})

test('an image is another one with other layers', () => {
  expect(imageIdentity(testImage({}, 'a'))).not.toBe(imageIdentity(testImage({}, 'b')))
})

function sorted({ arguments: given, labels, ...rest }: { arguments: object; labels: object }): string {
  return JSON.stringify([Object.keys(given).sort(), Object.entries(labels), Object.entries(rest)])
}
