/**
 * Second labels under which countries let everybody register. The whole list (publicsuffix.org) changes weekly; these are
 * what people type by mistake, and nobody can prove to an authority that such a name is theirs anyway.
 */
const publicSecondLabels = new Set([
  'ac',
  'co',
  'com',
  'edu',
  'gob',
  'gov',
  'gv',
  'ltd',
  'mil',
  'ne',
  'net',
  'or',
  'org',
  'plc',
  'sch',
])

/** Does everybody register names below it? Of what is no country's, the top alone, which is no domain at all. */
export function isPublicSuffix(labels: readonly string[]): boolean {
  const [first = '', last = ''] = labels
  return labels.length === 2 && last.length === 2 && publicSecondLabels.has(first)
}
