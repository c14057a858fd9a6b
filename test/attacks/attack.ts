import { isBerthError } from '@berth/domain'
import type { RegistrySettings } from '@berth/engine/registry/registry-settings.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AttackSite, openAttackSite } from './attack-site.ts'
import { tracesOf } from './traces.ts'

/**
 * One thing that a hostile repository, image, registry or container tries. `refused`: `run` ends with the error of that
 * code. `contained`: it comes through, and what it returns, equal to this, shows that it had nothing of it.
 */
export type Attack = {
  name: string
  /** That it is modelled on. */
  cve?: string
  run(site: AttackSite): Promise<unknown>
  expect: { refused: string } | { contained: unknown }
}

/**
 * Attacks that are carried out alike, each with what it alone is given: `refused` with an error's code, or `contained`, where
 * what `carryOut` returns equals `found`. `cve`: that it is modelled on.
 */
export function attacksBy<Given>(carryOut: (site: AttackSite, given: Given) => Promise<unknown>) {
  const attack = (name: string, outcome: Attack['expect'], given: Given, cve?: string): Attack => ({
    name,
    ...(cve === undefined ? {} : { cve }),
    run: (site) => carryOut(site, given),
    expect: outcome,
  })
  return {
    refused: (name: string, code: string, given: Given, cve?: string) =>
      attack(name, { refused: code }, given, cve),
    contained: (name: string, found: unknown, given: Given, cve?: string) =>
      attack(name, { contained: found }, given, cve),
  }
}

type Surroundings = {
  registries?: () => Promise<RegistrySettings>
  /** Containers and volumes that are there then stay from case to case. */
  prepare?: (site: AttackSite) => Promise<void>
  restore?: () => Promise<void>
}

/**
 * Each attack as a test on one engine. Whatever comes of it, the canary is as it was, nothing secret was said, and nothing
 * of the attack is left on the machine.
 */
export function describeAttacks(
  family: string,
  attacks: readonly Attack[],
  surroundings: Surroundings = {},
): void {
  describe(family, () => {
    let site: AttackSite
    let traces: string[]
    let kept: ReadonlySet<string>

    beforeAll(async () => {
      site = await openAttackSite(await surroundings.registries?.())
      await surroundings.prepare?.(site)
      traces = tracesOf(site.home)
      kept = new Set((await site.engine.containers.list()).map(({ id }) => id))
    })
    afterAll(async () => {
      await site?.close()
      await surroundings.restore?.()
    })

    for (const attack of attacks) {
      test(attack.cve === undefined ? attack.name : `${attack.name} (${attack.cve})`, async () => {
        const before = site.canary.state()
        site.heard.length = 0
        try {
          await attempt(attack, site)
        } finally {
          await clear(site, kept)
        }
        expect(site.canary.state()).toBe(before)
        expectNothingTold(site)
        await expect.poll(() => tracesOf(site.home), { timeout: 4_000 }).toEqual(traces)
      })
    }
  })
}

async function attempt(attack: Attack, site: AttackSite): Promise<void> {
  if ('contained' in attack.expect) {
    const found = await attack.run(site)
    expect(found).toEqual(attack.expect.contained)
    return
  }
  const error = await attack.run(site).then(
    (found) => expect.fail(`It was not refused: ${JSON.stringify(found)}`),
    (reason: unknown) => reason,
  )
  if (!isBerthError(error)) throw error
  expect(error.code, error.message).toBe(attack.expect.refused)
  expectClear(error)
  site.heard.push(error.message, error.hint)
}

/** Of a size to be read, fit for a terminal, with a word on what to do. */
function expectClear({ message, hint }: { message: string; hint: string }): void {
  expect(message.length).toBeLessThan(2_000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there.
  expect(message).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/)
  expect(hint).not.toBe('')
}

export function expectNothingTold({ heard, secrets }: Pick<AttackSite, 'heard' | 'secrets'>): void {
  const all = heard.join('\n')
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
}

async function clear({ engine }: AttackSite, kept: ReadonlySet<string>): Promise<void> {
  for (const { id } of await engine.containers.list()) if (!kept.has(id)) await engine.containers.remove(id)
  for (const { name } of await engine.volumes.list()) await engine.volumes.remove(name)
}
