import { BerthError, type EventSink, isBerthError } from '@berth/domain'
import type { Dockerfile } from '../dockerfile/instruction.ts'
import { excerpt, placeName } from '../dockerfile/source-text.ts'
import type { BuildRequest, Image, PullOptions } from '../engine.ts'
import { imageError } from '../store/errors.ts'
import type { ImageStore } from '../store/image-store.ts'
import { digitsOf, isImageName, normaliseName, parseReference } from '../store/reference.ts'
import { type NeededImage, neededImages } from './find-stages.ts'

export type Asking = { request: BuildRequest; sink: EventSink; signal: AbortSignal }

export type Finding = Parameters<typeof neededImages>[1] & Asking

/**
 * The images that the FROM lines, --from flags and mounts of a Dockerfile name, by the reference that it writes: those that
 * are here, else from their registries. @throws IMAGE.…, REGISTRY.…, with the line that asked
 */
export async function findImages(
  { images }: { images: Pick<ImageStore, 'resolve'> },
  dockerfile: Dockerfile,
  { sink, signal, request, ...options }: Finding,
): Promise<Map<string, Image>> {
  const found = new Map<string, Image>()
  // What an image's ONBUILD needs shows once the image is there.
  for (;;) {
    const missing = neededImages(dockerfile, { ...options, images: found }).filter(
      ({ reference }) => !found.has(reference),
    )
    if (missing.length === 0) return found
    for (const needed of missing) {
      const { reference } = needed
      try {
        found.set(reference, await findImage(images, reference, { sink, signal, request }))
      } catch (error) {
        throw located(needed, error)
      }
    }
  }
}

/** One, as a Dockerfile of this request may name it. @throws IMAGE.…, REGISTRY.… */
export async function findImage(
  images: Pick<ImageStore, 'resolve'>,
  reference: string,
  { sink, signal, request }: Asking,
): Promise<Image> {
  const name = visibleName(reference, request.hiddenNames)
  return images.resolve(name, { sink, signal, ...rightsOf(request, reference) })
}

/**
 * Under what name a Dockerfile may find an image. Where names are hidden, digits are no beginning of a digest either: they
 * would lead to any image that is here. @throws IMAGE.NOT_FOUND
 */
function visibleName(reference: string, hidden: readonly string[] = []): string {
  if (hidden.length === 0) return reference
  const name = isImageName(reference) ? normaliseName(reference) : null
  if (name === null || hidden.some((prefix) => name.startsWith(prefix))) {
    throw imageError['IMAGE.NOT_FOUND']({ reference })
  }
  return digitsOf(reference) === undefined ? reference : name
}

/** Credentials of the request, where the engine may know others; whose; and what whoever wrote the Dockerfile may have called. */
function rightsOf(
  { registryCredentials = {}, remoteAddresses = 'public', imageScope }: BuildRequest,
  reference: string,
): PullOptions {
  const registry = isImageName(reference) ? parseReference(reference).registry : ''
  const credentials = Object.hasOwn(registryCredentials, registry) ? registryCredentials[registry] : undefined
  return {
    addresses: remoteAddresses,
    ...(credentials === undefined ? {} : { credentials }),
    ...(imageScope === undefined ? {} : { scope: imageScope }),
  }
}

/** The image store's own error, with the line of the Dockerfile that asked for the image. */
function located({ place, near }: NeededImage, error: unknown): unknown {
  if (!isBerthError(error)) return error
  const { code, message, fault, retryable } = error
  const hint = near === undefined ? error.hint : `Did you mean the stage ${near}? ${error.hint}`
  const withPlace = `${placeName(place)}: ${message}\n\n${excerpt(place)}`
  return new BerthError({ code, message: withPlace, hint, fault, retryable }, { cause: error })
}
