import { budgetOf, type ExpandOptions, expandWords, type Variables, WordProblem } from '../expand-words.ts'
import type { ExposeInstruction } from '../instruction.ts'
import { quoted } from '../source-text.ts'
import type { Finding } from './rules.ts'

/** ExposeProtoCasing and ExposeInvalidFormat. */
export function portFindings(
  { ports, place }: ExposeInstruction,
  variables: Variables,
  escapeChar: '\\' | '`',
): Finding[] {
  return wordsOf(ports, variables, { escape: escapeChar, budget: budgetOf(place.source) }).flatMap((word) => {
    const { line } = place
    const protocol = word.split('/')[1] ?? ''
    const findings: Finding[] = []
    if (protocol !== protocol.toLowerCase()) {
      const text = `write the protocol of ${quoted(word)} in lower case.`
      findings.push({ rule: 'ExposeProtoCasing', line, text })
    }
    if (word.includes(':')) {
      const text = `EXPOSE names a port of the container alone: ${quoted(word)} has an address or a port of the host.`
      findings.push({ rule: 'ExposeInvalidFormat', line, text })
    }
    return findings
  })
}

function wordsOf(text: string, variables: Variables, options: ExpandOptions): string[] {
  try {
    return expandWords(text, variables, options)
  } catch (error) {
    if (error instanceof WordProblem) return []
    throw error
  }
}
