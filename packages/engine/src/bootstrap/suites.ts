import { imageError } from '../store/errors.ts'
import { parseReference } from '../store/reference.ts'

/** A distribution's release, as its packages make it. */
export type Suite = {
  distribution: 'debian' | 'ubuntu'
  codename: string
  /** Without manuals, documentation and translations, as the registries' `-slim` images are. */
  slim: boolean
}

const codenames: Readonly<Record<Suite['distribution'], ReadonlyMap<string, string>>> = {
  debian: new Map([
    ['latest', 'trixie'],
    ['12', 'bookworm'],
    ['13', 'trixie'],
    ['bookworm', 'bookworm'],
    ['trixie', 'trixie'],
  ]),
  ubuntu: new Map([
    ['latest', 'noble'],
    ['22.04', 'jammy'],
    ['24.04', 'noble'],
    ['jammy', 'jammy'],
    ['noble', 'noble'],
  ]),
}

/** @throws IMAGE.INVALID_NAME, IMAGE.CANNOT_BOOTSTRAP */
export function suiteOf(name: string): Suite {
  const { registry, path, tag } = parseReference(name)
  const distribution = registry === 'docker.io' ? path.replace(/^library\//, '') : ''
  const slim = tag.endsWith('-slim')
  const release = slim ? tag.slice(0, -'-slim'.length) : tag
  const codename = isDistribution(distribution) ? codenames[distribution].get(release) : undefined
  if (isDistribution(distribution) && codename !== undefined) return { distribution, codename, slim }
  throw imageError['IMAGE.CANNOT_BOOTSTRAP']({ name, reason: 'its packages are not known' })
}

function isDistribution(text: string): text is Suite['distribution'] {
  return Object.hasOwn(codenames, text)
}
