/** What each platform of this file printed, for the case that a test of it fails. */
const kept: (readonly string[])[] = []
const linesOfEach = 12

export function keepForFailures(lines: readonly string[]): void {
  kept.push(lines)
}

/** Empty where the file has no platform. */
export function whatPlatformsSaid(): string {
  return kept.map(lastLines).join('\n')
}

/** The last lines of each part, as `berth up` printed them under its name: one that prints much hides no other. */
export function lastLines(lines: readonly string[]): string {
  const parts = Map.groupBy(lines, (line) => /^([a-z]+) *\| /.exec(line)?.[1] ?? '')
  return [...parts.values()].flatMap((all) => all.slice(-linesOfEach)).join('\n')
}
