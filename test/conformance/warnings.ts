/** The warnings of two builds of one Dockerfile → the differences, a line each. Pure. */

export type Warning = {
  rule: string
  /** Each side says it in words of its own. */
  text: string
  /** The lines that are meant, counted from 1. */
  first: number
  last: number
}

/**
 * Rules and lines must be the same; and what Docker's words name (a variable, a path, what it suggests instead), ours name.
 * The order says nothing.
 */
export function differentWarnings(docker: readonly Warning[], berth: readonly Warning[]): string[] {
  const whole = matched(docker, berth, (theirs, ours) => unnamed(theirs, ours).length === 0)
  const placed = matched(whole.docker, whole.berth, () => true)
  return [
    ...placed.pairs.flatMap(([theirs, ours]) =>
      unnamed(theirs, ours).map(
        (name) => `${place(theirs)}: Docker names ${name}, Berth does not: ${ours.text}`,
      ),
    ),
    ...placed.docker.map((theirs) => `only Docker warns: ${place(theirs)}: ${theirs.text}`),
    ...placed.berth.map((ours) => `only Berth warns: ${place(ours)}: ${ours.text}`),
  ]
}

/** Pairs of one rule at one place for which `fits` holds, and what is left on either side. */
function matched(
  docker: readonly Warning[],
  berth: readonly Warning[],
  fits: (theirs: Warning, ours: Warning) => boolean,
): { pairs: [Warning, Warning][]; docker: Warning[]; berth: Warning[] } {
  const left = [...berth]
  const pairs = docker.flatMap((theirs): [Warning, Warning][] => {
    const at = left.findIndex((ours) => place(ours) === place(theirs) && fits(theirs, ours))
    const [ours] = at < 0 ? [] : left.splice(at, 1)
    return ours === undefined ? [] : [[theirs, ours]]
  })
  const paired = new Set(pairs.map(([theirs]) => theirs))
  return { pairs, docker: docker.filter((theirs) => !paired.has(theirs)), berth: left }
}

function place({ rule, first, last }: Warning): string {
  return `${rule} at ${first === last ? `line ${first}` : `lines ${first} to ${last}`}`
}

/** What stands in quotes in Docker's words, and what it asks whether one meant. */
function unnamed(docker: Warning, berth: Warning): string[] {
  const quoted = docker.text.match(/'[^']+'|"(?:[^"\\]|\\.)+"/g) ?? []
  const names = quoted.map((word) => word.slice(1, -1).replace(/^\$/, ''))
  const [, meant] = /did you mean \$?(.+)\?\)$/.exec(docker.text) ?? []
  return [...names, ...(meant === undefined ? [] : [meant])].filter((name) => !berth.text.includes(name))
}
