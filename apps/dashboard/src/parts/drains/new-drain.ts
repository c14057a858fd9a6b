/** What the form of a new drain holds. */
export type DrainDraft = {
  kind: 'syslog+tls' | 'syslog+tcp' | 'https'
  host: string
  /** Empty: the usual one. */
  port: string
  url: string
  /** A line each: `Authorization: Bearer …`. */
  headers: string
  authority: string
}

export const emptyDraft: DrainDraft = {
  kind: 'syslog+tls',
  host: '',
  port: '',
  url: '',
  headers: '',
  authority: '',
}

/** What the API is asked for; it judges all of it. */
export function newDrainOf(draft: DrainDraft): {
  url: string
  headers: Record<string, string>
  authority: string | null
} {
  const authority = draft.kind === 'syslog+tcp' ? null : draft.authority.trim() || null
  if (draft.kind === 'https') return { url: draft.url.trim(), headers: headersIn(draft.headers), authority }
  const port = draft.port.trim()
  return { url: `${draft.kind}://${draft.host.trim()}${port && `:${port}`}`, headers: {}, authority }
}

/** The first line that is no header; null: all are. */
export function noHeaderIn(text: string): string | null {
  return linesOf(text).find((line) => !/^[^\s:]+:\s*\S/.test(line)) ?? null
}

function headersIn(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    }),
  )
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}
