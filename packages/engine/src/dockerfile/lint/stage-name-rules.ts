import type { Stage } from '../instruction.ts'
import { quoted } from '../source-text.ts'
import type { Finding } from './rules.ts'

const reservedNames: ReadonlySet<string> = new Set(['context', 'scratch'])

/** DuplicateStageName and ReservedStageName. */
export function stageNameFindings(stages: readonly Stage[]): Finding[] {
  const seen = new Set<string>()
  return stages.flatMap(({ name, from }) => {
    if (name === null) return []
    const { line } = from.place
    const findings: Finding[] = []
    if (reservedNames.has(name)) {
      const text = `${quoted(name)} has a meaning of its own and should not name a stage.`
      findings.push({ rule: 'ReservedStageName', line, text })
    }
    if (seen.has(name)) {
      const text = `there is a stage named ${quoted(name)} above: later lines mean this one.`
      findings.push({ rule: 'DuplicateStageName', line, text })
    }
    seen.add(name)
    return findings
  })
}
