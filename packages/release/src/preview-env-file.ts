import { isBerthError } from '@berth/domain'
import { assertVariable } from './configuration.ts'
import { type EnvAssignment, type RefusedLine, readEnvFile } from './parse-env-file.ts'

/** What setting the variables of a .env file would do: nothing is set, and nothing that is refused keeps the rest back. */
export type EnvPreview = { variables: PreviewedVariable[]; refused: RefusedLine[] }

export type PreviewedVariable = EnvAssignment & { outcome: 'new' | 'changed' | 'unchanged' }

export function previewEnvFile(text: string, current: Readonly<Record<string, string>>): EnvPreview {
  const { assignments, refused } = readEnvFile(text)
  const last = new Map(assignments.map((one) => [one.name, one.line]))
  const judged = assignments.map((one) => ({ one, reason: refusalOf(one, last) }))
  const more = judged.flatMap(({ one, reason }) => (reason === null ? [] : [{ line: one.line, reason }]))
  return {
    variables: judged
      .filter(({ reason }) => reason === null)
      .map(({ one }) => ({ ...one, outcome: outcomeOf(one, current) })),
    refused: [...refused, ...more].sort((one, other) => one.line - other.line),
  }
}

function refusalOf(one: EnvAssignment, last: ReadonlyMap<string, number>): string | null {
  const counts = last.get(one.name) ?? one.line
  if (counts !== one.line) return `${one.name} is set again in line ${counts}, and that one counts.`
  try {
    assertVariable(one.name, one.value)
    return null
  } catch (error) {
    if (isBerthError(error)) return error.message
    throw error
  }
}

function outcomeOf(
  { name, value }: EnvAssignment,
  current: Readonly<Record<string, string>>,
): PreviewedVariable['outcome'] {
  if (!Object.hasOwn(current, name)) return 'new'
  return current[name] === value ? 'unchanged' : 'changed'
}
