import type { TeamView } from '@berth/api'

/** Names are free text, and two of one's own teams may share one: then an address says the id. */
type Named = Pick<TeamView, 'id' | 'name'>

/** `/teams/Harbour`, `/teams/Caf%C3%A9%20%2F%20Bar`. */
export function teamPath(team: Named, teams: readonly Named[]): string {
  const isOne = teams.filter(({ id, name }) => name === team.name || id === team.name).length === 1
  return `/teams/${encodeURIComponent(isOne && !isDots(team.name) ? team.name : team.id)}`
}

/** The team that the part of an address means, as it stands there; undefined where it is none of these. */
export function teamAt<Team extends Named>(segment: string, teams: readonly Team[]): Team | undefined {
  const said = decoded(segment)
  const named = teams.filter(({ name }) => name === said)
  return teams.find(({ id }) => id === said) ?? (named.length === 1 ? named[0] : undefined)
}

/** A browser takes them for "here" and "above". */
function isDots(name: string): boolean {
  return name === '.' || name === '..'
}

/** What anybody types after the slash need not be well encoded. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
