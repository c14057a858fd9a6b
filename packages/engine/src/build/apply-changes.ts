import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import type { ImageConfig } from '../engine.ts'
import { hostPlatform } from './build-image.ts'
import { buildError } from './errors.ts'
import { planBuild } from './plan-build.ts'

/** As `docker import --change` and `docker commit --change` have them. */
const allowed: ReadonlySet<string> = new Set([
  'CMD',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'ONBUILD',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
])

const base = 'base'

/**
 * A configuration after instructions of a Dockerfile that only describe, such as `CMD ["serve"]`. Nothing is run, and
 * triggers that the configuration has stay what they are.
 *
 * @throws BUILD.SYNTAX, BUILD.UNSUPPORTED
 */
export function applyChanges(config: ImageConfig, changes: readonly string[]): ImageConfig {
  if (changes.length === 0) return config
  const dockerfile = parseDockerfile('--change', [`FROM ${base}`, ...changes].join('\n'))
  const [, ...further] = dockerfile.stages.map(({ from }) => from)
  const written = dockerfile.stages.flatMap(({ instructions }) => instructions)
  for (const { keyword, place } of [...further, ...written]) {
    if (allowed.has(keyword)) continue
    throw buildError['BUILD.UNSUPPORTED']({
      place,
      what: `${keyword} as a change of an image's configuration`,
      instead: `These are possible: ${[...allowed].join(', ')}.`,
    })
  }
  const image = { digest: '', config: { ...config, onBuild: [] }, layers: [], createdAt: new Date(0) }
  const plan = planBuild(dockerfile, {
    ...{ target: null, arguments: {}, labels: {}, platform: hostPlatform },
    images: new Map([[base, image]]),
    context: { entries: [], links: new Map(), ignored: new Set() },
  })
  return { ...plan.config, onBuild: [...config.onBuild, ...plan.config.onBuild] }
}
