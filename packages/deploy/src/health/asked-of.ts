import type { Container } from '@berth/engine'
import { openMask } from '../mask.ts'
import { subjectOf, type Undertaking } from '../undertaking.ts'
import type { Asked } from './ask.ts'

/** An instance of what is undertaken, as its checks see it. */
export function askedOf(
  undertaking: Pick<Undertaking, 'app' | 'subject' | 'engine' | 'host'>,
  container: Container,
): Asked {
  const { release, port } = subjectOf(undertaking)
  return {
    container,
    port,
    host: undertaking.host,
    containers: undertaking.engine.containers,
    mask: openMask(release.configuration),
  }
}
