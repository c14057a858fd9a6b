import type { AuditDoor } from '@berth/domain'

/** Which way somebody came. */
export const doorWords: Record<AuditDoor, string> = {
  dashboard: 'dashboard',
  api: 'command line or API',
  ssh: 'git over SSH',
  http: 'git over HTTP',
  registry: 'image registry',
  attach: 'console',
  machine: 'at the machine',
}

/** `Firefox on Linux`, of how a browser calls itself; null where it is none that we know. */
export function sayBrowser(userAgent: string | null): string | null {
  if (userAgent === null) return null
  const browser = browsers.find(([pattern]) => pattern.test(userAgent))?.[1]
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1]
  if (browser === undefined) return null
  return system === undefined ? browser : `${browser} on ${system}`
}

/** In this order: most of them also claim to be the ones below. */
const browsers: readonly [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(Headless)?Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^git\//, 'git'],
]
const systems: readonly [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
]
