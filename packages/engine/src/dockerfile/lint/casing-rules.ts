import type { Finding } from './rules.ts'
import type { WrittenInstruction } from './written-instruction.ts'

/** StageNameCasing, FromAsCasing and ConsistentInstructionCasing. `written`: from the first FROM on. */
export function casingFindings(written: readonly WrittenInstruction[]): Finding[] {
  return [...written.flatMap(fromFindings), ...keywordFindings(written)]
}

function fromFindings({ keyword, rest, line }: WrittenInstruction): Finding[] {
  if (keyword.toUpperCase() !== 'FROM') return []
  const [, as, name] = rest.split(/\s+/).filter((word) => word !== '' && !word.startsWith('--'))
  if (as === undefined || name === undefined) return []
  const findings: Finding[] = []
  if (name !== name.toLowerCase()) {
    findings.push({
      rule: 'StageNameCasing',
      line,
      text: `the stage name ${name} has capital letters: write it in lower case.`,
    })
  }
  if (caseOf(keyword) !== 'mixed' && caseOf(keyword) !== caseOf(as)) {
    findings.push({
      rule: 'FromAsCasing',
      line,
      text: `${keyword} and ${as} are not written in the same case.`,
    })
  }
  return findings
}

/** What most instructions are written in is right; on a draw it is upper case. */
function keywordFindings(written: readonly WrittenInstruction[]): Finding[] {
  const inCase = (wanted: 'lower' | 'upper') =>
    written.filter(({ keyword }) => caseOf(keyword) === wanted).length
  const right = inCase('lower') > inCase('upper') ? 'lower' : 'upper'
  return written
    .filter(({ keyword }) => caseOf(keyword) !== right)
    .map(({ keyword, line }) => ({
      rule: 'ConsistentInstructionCasing',
      line,
      text: `${keyword} is written in another case than most instructions of the file (${right} case).`,
    }))
}

function caseOf(word: string): 'lower' | 'upper' | 'mixed' {
  if (word === word.toLowerCase()) return 'lower'
  return word === word.toUpperCase() ? 'upper' : 'mixed'
}
