import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import type { BuildRequest, Image } from '../engine.ts'
import type { Platform } from './build-arguments.ts'
import type { BuildPlan } from './plan.ts'
import type { PlanOutline } from './schedule/outline-plan.ts'

/**
 * What planning came to for trees that say of themselves which they are: a build of the same tree, asked for in the same
 * words on the same base images, needs no listing, no Dockerfile and no plan. It promises nothing about layers: whoever
 * finds an outline looks in the cache for what its keys stand for.
 *
 * It lives as long as the process, because another version of Berth may plan otherwise; and it is bounded.
 */
export class PlanMemory {
  readonly #kept = new Map<string, { asked: string; bytes: Uint8Array }>()
  readonly #mostBytes: number
  #bytes = 0

  constructor(mostBytes: number = 8 * 1024 * 1024) {
    this.#mostBytes = mostBytes
  }

  find(site: PlanSite): KnownPlan | undefined {
    const found = this.#kept.get(site.key)
    if (found === undefined) return undefined
    const known = deserialize(found.bytes) as KnownPlan
    if (found.asked !== askedValues(site, known.outline.unaskedArguments)) return undefined
    this.#kept.delete(site.key)
    this.#kept.set(site.key, found)
    return known
  }

  /** The last one of a site stays. One that is larger than a sixteenth of the room is not kept. */
  keep(site: PlanSite, known: KnownPlan): void {
    const bytes = serialize(known)
    this.#forget(site.key)
    if (bytes.length > this.#mostBytes / 16) return
    this.#kept.set(site.key, { asked: askedValues(site, known.outline.unaskedArguments), bytes })
    this.#bytes += bytes.length
    for (const key of this.#kept.keys()) {
      if (this.#bytes <= this.#mostBytes) break
      this.#forget(key)
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes.length ?? 0
    this.#kept.delete(key)
  }
}

/** `images`: those that FROM, --from and mounts named, as they were then: reference → `imageIdentity`. */
export type KnownPlan = { outline: PlanOutline; images: ReadonlyMap<string, string> }

/** `key`: all that decides of a plan but base images and the values of arguments. */
export type PlanSite = { key: string; arguments: Readonly<Record<string, string>> }

/**
 * Null: only a listing tells which tree it is. Fields of a request that are new count, unless they are named here among
 * those that have no part in a plan. Which images the rights of a request may find is asked anew each time.
 */
export async function planSite(request: BuildRequest, platform: Platform): Promise<PlanSite | null> {
  const {
    tree,
    arguments: given,
    names: _names,
    limits: _limits,
    cacheScope: _cacheScope,
    authorities: _authorities,
    noCache: _noCache,
    secrets: _secrets,
    sshAgents: _agents,
    sshKnownHosts: _hosts,
    registryCredentials: _credentials,
    imageScope: _imageScope,
    hiddenNames: _hidden,
    remoteAddresses: _addresses,
    ...counting
  } = request
  const id = (await tree.id?.()) ?? null
  if (id === null) return null
  const whole = [id, Object.entries(counting).sort(byName), Object.keys(given).sort(), platform]
  return { key: createHash('sha256').update(JSON.stringify(whole)).digest('hex'), arguments: given }
}

/** What ADD fetches is asked for anew with each build. */
export function isMemorablePlan({ steps }: BuildPlan): boolean {
  return steps.every(({ action }) => action.kind !== 'copy' || action.remote.length === 0)
}

/** A name may come to mean another image, and a digest be pulled again into other layers. */
export function imageIdentity({ digest, layers }: Image): string {
  return JSON.stringify([digest, layers])
}

/** Of the arguments, those whose values may count. */
function askedValues({ arguments: given }: PlanSite, unasked: readonly string[]): string {
  const asked = Object.entries(given).filter(([name]) => !unasked.includes(name))
  return JSON.stringify(asked.sort(byName))
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}
