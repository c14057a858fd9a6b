import type { Engine } from '../engine.ts'
import { fakeBuild } from './fake-build.ts'
import { type FakeContainers, fakeContainers } from './fake-containers.ts'
import { type FakeImages, fakeImages } from './fake-images.ts'
import { fakeVolumes } from './fake-volumes.ts'

export type FakeEngine = Engine & { images: FakeImages }

/**
 * An engine without root or kernel, for tests of those who use one. Its containers understand the few words of
 * drivers/fake-program.ts; `serve` really answers on the container's (loopback) address. `images.add(name, config)`
 * makes an image out of nothing.
 */
export function fakeEngine(): FakeEngine {
  const plain: FakeContainers = fakeContainers(() => images)
  const images = fakeImages(() => plain.usedDigests())
  const { containers, volumes } = fakeVolumes(plain)
  return {
    images,
    containers,
    volumes,
    build: (request, sink, signal) => fakeBuild(images, request, sink, signal),
    async close() {
      // Nobody finds a fake container again, so its sockets end with the engine.
      for (const container of await containers.list()) await containers.remove(container.id)
    },
  }
}
