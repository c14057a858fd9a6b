/**
 * Where Berth differs from Docker on purpose, with the reason. A difference counts as meant only if one of these names
 * its case and its words; the run shows how many there were.
 */
export type MeantDifference = { cases: RegExp; difference: RegExp; reason: string }

export const meantDifferences: readonly MeantDifference[] = []

export function reasonFor(name: string, difference: string): string | undefined {
  return meantDifferences.find((meant) => meant.cases.test(name) && meant.difference.test(difference))?.reason
}
