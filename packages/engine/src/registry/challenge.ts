/** What a registry asks for before it answers. Source: RFC 9110, 11.6.1; distribution's token specification. */
export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service: string; scope: string }

const mostBytes = 8192
const parameter = /([a-zA-Z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g

/** Bearer is preferred where both are offered; null: neither can be made out. */
export function parseChallenge(header: string | undefined): Challenge | null {
  if (header === undefined || header.length > mostBytes) return null
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/is.exec(header)?.[1]
  if (bearer !== undefined) {
    const given = new Map(
      [...bearer.matchAll(parameter)].map((found) => [found[1]?.toLowerCase(), parameterValue(found)]),
    )
    const realm = given.get('realm')
    if (realm !== undefined)
      return { scheme: 'bearer', realm, service: given.get('service') ?? '', scope: given.get('scope') ?? '' }
  }
  return /(?:^|,\s*)basic(?:\s|$)/i.test(header) ? { scheme: 'basic' } : null
}

function parameterValue([, , quoted, plain]: RegExpMatchArray): string {
  return quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''
}
