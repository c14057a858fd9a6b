/** What an image runs on. `variant` is '' where there is one kind only, as with amd64 and arm64. */
export type FullPlatform = { os: string; architecture: string; variant: string }

const systems: ReadonlySet<string> = new Set(['linux', 'windows', 'darwin', 'freebsd', 'wasip1', 'js'])
/** Other names of an architecture, with the variant that they imply. Source: containerd's platforms package. */
const synonyms: Readonly<Record<string, readonly [string, string]>> = {
  i386: ['386', ''],
  x86_64: ['amd64', ''],
  'x86-64': ['amd64', ''],
  aarch64: ['arm64', ''],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
}
const architectures: ReadonlySet<string> = new Set([
  ...['386', 'amd64', 'arm', 'arm64', 'loong64', 'mips', 'mipsle', 'mips64', 'mips64le'],
  ...['ppc64', 'ppc64le', 'riscv64', 's390x', 'wasm'],
])

/** `linux/arm64/v8`, `linux`, `amd64`: what is left out is this machine's. Undefined: it names no platform. */
export function parsePlatform(
  text: string,
  own: { os: string; architecture: string },
): FullPlatform | undefined {
  const parts = text.trim().toLowerCase().split('/')
  const [first = '', second, variant = ''] = parts
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return undefined
  if (second !== undefined) return normalized(first, second, variant)
  if (systems.has(first)) return normalized(first, own.architecture, '')
  const isArchitecture = architectures.has(first) || Object.hasOwn(synonyms, first)
  return isArchitecture ? normalized(own.os, first, '') : undefined
}

export function normalized(os: string, given: string, givenVariant = ''): FullPlatform {
  const known = Object.hasOwn(synonyms, given) ? synonyms[given] : undefined
  const [architecture, implied] = known ?? [given, '']
  const variant = givenVariant === '' ? implied : givenVariant
  const plain = architecture === 'arm64' && ['8', 'v8'].includes(variant)
  const only = architecture === 'amd64' && variant === 'v1'
  if (architecture === 'arm') return { os, architecture, variant: variant === '' ? 'v7' : prefixed(variant) }
  return { os, architecture, variant: plain || only ? '' : variant }
}

function prefixed(variant: string): string {
  return variant.startsWith('v') ? variant : `v${variant}`
}

export function platformName({ os, architecture, variant }: FullPlatform): string {
  return [os, architecture, variant].filter((part) => part !== '').join('/')
}
