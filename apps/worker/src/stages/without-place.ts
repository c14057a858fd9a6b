import { isBerthError } from '@berth/domain'

/**
 * What kept an image from being taken, without the line of a Dockerfile: that line is ours (image-source.ts), and nobody has it to
 * look at. The engine puts the place around the error that it is about.
 */
export function withoutPlace(error: unknown): unknown {
  if (!isBerthError(error) || !isBerthError(error.cause)) return error
  return error.cause.code === error.code ? error.cause : error
}
