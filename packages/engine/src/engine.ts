import type { EventSink } from '@berth/domain'
import type { BuildRequest } from './port/build-request.ts'
import type { Containers } from './port/containers.ts'
import type { Image, Images } from './port/images.ts'
import type { Volumes } from './port/volumes.ts'

export * from './port/build-request.ts'
export * from './port/container-spec.ts'
export * from './port/containers.ts'
export * from './port/image-transfer.ts'
export * from './port/images.ts'
export * from './port/volumes.ts'

/**
 * The engine: builds images, keeps them, runs containers from them. It knows nothing of apps; a script can drive it on
 * a bare machine. What it is made of stands in port/, a file a noun. Two drivers pass the same contract tests: `openHostEngine` (conmon, runc, overlayfs) and `fakeEngine`.
 *
 * Contract:
 * - Everything is safe to call after a crash: what a killed engine left is found again (containers that run) or cleared
 *   away (half-made layers, mounts, network devices, cgroups) by `recover`, which runs once, when the engine is opened.
 * - Containers do not depend on the engine's process. They run on when it dies; exits meanwhile are reported later.
 * - Containers of one `group` share a range of user ids and a network; groups cannot reach each other.
 * - Expected failures are BerthErrors with IMAGE.…, BUILD.…, CONTAINER.… or VOLUME.… codes.
 * - An aborted `signal` ends the work, kills what it started, leaves nothing behind and throws the signal's reason.
 */
export interface Engine {
  images: Images
  containers: Containers
  volumes: Volumes
  /** Builds an image and gives it `names`. Events go to `sink`, except `ended`, which is the caller's to tell. */
  build(request: BuildRequest, sink: EventSink, signal: AbortSignal): Promise<Image>
  /** Ends what belongs to this process. Containers run on. */
  close(): Promise<void>
}
