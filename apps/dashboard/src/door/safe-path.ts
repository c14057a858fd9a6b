/** Where to go after signing in: a path of this site, or the start. Never another site. */
export function safePath(given: string | undefined | null): string {
  if (!given?.startsWith('/') || given.startsWith('//') || given.includes('\\')) return '/'
  const base = 'http://berth.invalid'
  if (!URL.canParse(given, base)) return '/'
  const url = new URL(given, base)
  return url.origin === base ? `${url.pathname}${url.search}` : '/'
}
