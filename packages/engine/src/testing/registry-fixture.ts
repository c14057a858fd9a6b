import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect } from 'vitest'
import type { RegistryLimits } from '../registry/registry-settings.ts'
import { publish, type ScriptedRegistry, sha256, startScriptedRegistry } from './scripted-registry.ts'
import { openSmallStore, type SmallStore } from './small-store.ts'

/** Few attempts, and hardly a pause between them. */
export const shortLimits: Partial<RegistryLimits> = { attempts: 3, firstPauseMs: 1, longestPauseMs: 20 }

/** For tests in which a wait comes to its end, and only those: a busy machine is slow, too. */
export const impatientLimits: Partial<RegistryLimits> = {
  ...{ connectMs: 300, idleMs: 300, smallAnswerMs: 300, slowestBytesPerSecond: 1_000_000 },
  ...shortLimits,
}

export type RegistryFixture = {
  registry: ScriptedRegistry
  /** Another host. */
  other: ScriptedRegistry
  store: SmallStore
  /** An image of `registry`: what `expectRefused` pulls. */
  name: string
  /** Answers requests whose path matches, unless `reply` returns false. */
  on(
    path: RegExp,
    reply: (response: ServerResponse, request: IncomingMessage, count: number) => boolean | undefined,
  ): void
  /** Pulling fails so, and leaves neither image nor layer. */
  expectRefused(code: string): Promise<void>
  /** Where the store keeps what it has of a blob. */
  partOf(blob: string): string
}

/** Before each test of a file two registries that answer by script and an empty store that may speak to them. */
export function useScriptedRegistry(limits = shortLimits): RegistryFixture {
  const under = {} as RegistryFixture
  beforeEach(async () => {
    const [registry, other] = [await startScriptedRegistry(), await startScriptedRegistry()]
    const store = await openSmallStore({
      registries: { plainHttp: [registry.host, other.host], limits },
    })
    Object.assign(under, { registry, other, store, name: `${registry.host}/acme/app` })
  })
  afterEach(async () => {
    await under.store.close()
    await under.registry.close()
    await under.other.close()
  })
  return Object.assign(under, {
    on(path, reply) {
      let count = 0
      under.registry.before = (request, response) => {
        if (!path.test(request.url ?? '')) return false
        count += 1
        return reply(response, request, count) !== false
      }
    },
    async expectRefused(code) {
      await expect(under.store.images.pull(under.name)).rejects.toMatchObject({ code })
      expect(await under.store.images.list()).toEqual([])
      expect(await under.store.fileSystems.layers()).toEqual([])
    },
    partOf: (blob) => `${under.store.home}/pulls/${blob.slice('sha256:'.length)}.part`,
  } satisfies Pick<RegistryFixture, 'on' | 'expectRefused' | 'partOf'>)
}

/** An image with one layer that compresses to about 300 KB. */
export function large(registry: ScriptedRegistry): { layer: string; blob: Buffer } {
  const noise = Buffer.from(Array.from({ length: 10_000 }, (_, index) => sha256(String(index))).join(''))
  const [layer = ''] = publish(registry, [[{ path: 'noise', content: noise }]]).layers
  return { layer, blob: registry.blobs.get(layer) ?? Buffer.alloc(0) }
}
