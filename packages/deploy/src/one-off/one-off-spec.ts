import type { ContainerSpec } from '@berth/engine'
import { specOf } from '../container-spec.ts'
import { subjectOf, type Undertaking } from '../undertaking.ts'
import { type OneOff, oneOffLabels } from './one-off.ts'
import { type AskedCommand, allWords, oneOffArguments } from './one-off-words.ts'

/**
 * A one-off instance in the engine's words: image, configuration and limits as an instance of the release has them.
 * An attached one is idle; its command (`words`) is then run in it, joined to who asked for it.
 */
export function oneOffSpec(
  undertaking: Undertaking,
  oneOff: Omit<OneOff, 'containerId' | 'appId' | 'releaseVersion'>,
  asked: AskedCommand,
): { spec: ContainerSpec; words: string[] } {
  const subject = subjectOf(undertaking)
  const spec = specOf(undertaking, oneOff, (env) => oneOffArguments(subject, asked, env))
  const labels = oneOffLabels({
    ...oneOff,
    appId: undertaking.app.id,
    releaseVersion: subject.release.version,
  })
  return {
    spec: { ...spec, labels, idle: oneOff.kind === 'attached' },
    words: allWords(spec, subject.image.config),
  }
}
