import type { Images } from '../engine.ts'
import { diffConfiguration } from '../store/diff-configuration.ts'
import { imageHistory } from '../store/image-history.ts'
import { inspectImage } from '../store/inspect-image.ts'
import { type FakeStore, fakeImageBytes } from './fake-images.ts'

/** What fake images tell of themselves: all of it is in one layer, and none of it in files. */
export function fakeLooks({
  images,
  pins,
  get,
  namesOf,
}: FakeStore): Pick<Images, 'list' | 'history' | 'inspect' | 'diff' | 'usage'> {
  const layers = {
    layer: async (id: string) => ({ id, sizeBytes: fakeImageBytes, files: 1, createdAt: new Date(0) }),
  }
  return {
    async list() {
      return [...images.values()].map((image) => ({
        digest: image.digest,
        names: namesOf(image.digest),
        sizeBytes: fakeImageBytes,
        createdAt: image.createdAt,
      }))
    },
    history: async (reference) => imageHistory(layers, get(reference)),
    async inspect(reference) {
      const image = get(reference)
      const known = [...pins]
        .filter(([, digest]) => digest === image.digest)
        .map(([key]) => key.split('\n')[0] ?? '')
      return inspectImage(layers, image, { names: namesOf(image.digest), pins: known })
    },
    async diff(before, after, { showValues = false } = {}) {
      const configuration = diffConfiguration(get(before).config, get(after).config, showValues)
      const totals = { added: 0, changed: 0, removed: 0, bytes: 0 }
      return { files: [], totals, truncated: false, configuration }
    },
    async usage() {
      const count = images.size
      return {
        images: [...images.keys()].map((digest) => ({
          ...{ digest, names: namesOf(digest) },
          ...{ sizeBytes: fakeImageBytes, uniqueBytes: fakeImageBytes },
        })),
        layers: { count, sizeBytes: count * fakeImageBytes, sharedBytes: 0, unneededBytes: 0 },
        ...{ buildCacheBytes: 0, cacheMountBytes: 0, downloadBytes: 0 },
      }
    },
  }
}
