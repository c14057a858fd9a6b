import type { ContainerSpec, ImageConfig } from '../engine.ts'

/**
 * The words a container runs: an entrypoint in place of the image's also drops the image's command, as Docker does,
 * because that command was written for the other entrypoint. Empty where neither names anything.
 */
export function processWords(
  spec: Pick<ContainerSpec, 'entrypoint' | 'command'>,
  image: Pick<ImageConfig, 'entrypoint' | 'command'>,
): string[] {
  const entrypoint = spec.entrypoint ?? image.entrypoint ?? []
  const inherited = spec.entrypoint === null ? (image.command ?? []) : []
  return [...entrypoint, ...(spec.command ?? inherited)]
}
