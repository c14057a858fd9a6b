import type { Variables } from '../expand-words.ts'
import { budgetOf } from '../expand-words.ts'
import type { StageInstruction } from '../instruction.ts'
import { nearestWord } from '../nearest-word.ts'
import { quoted } from '../source-text.ts'
import type { Finding } from './rules.ts'
import { expandWatched } from './watched-variables.ts'

export type VariableScope = {
  variables: Variables
  /** ARGs of this stage and of those it stands on, with a value or without. */
  declared: ReadonlySet<string>
  /** Names that the build was given a value for: their defaults are not looked at. */
  given: ReadonlySet<string>
  escape: '\\' | '`'
}

type Word = { text: string; keepQuotes?: boolean }

/** UndefinedVar: a variable that neither the base image, ENV nor ARG knows is replaced by nothing. */
export function undefinedVariables(instruction: StageInstruction, scope: VariableScope): Finding[] {
  const { escape: escapeChar, variables, declared } = scope
  const budget = budgetOf(instruction.place.source)
  const missed = wordsOf(instruction, scope).flatMap(({ text, keepQuotes }) => [
    ...expandWatched(text, variables, { escape: escapeChar, keepQuotes, budget }).missed,
  ])
  const ownNames = instruction.keyword === 'ARG' ? instruction.declarations.map(({ name }) => name) : []
  return [...new Set(missed)]
    .filter((name) => !declared.has(name) && !ownNames.includes(name))
    .map((name) => {
      const near = nearestWord(name, [...variables.keys()])
      const hint = near === undefined ? '' : ` Is ${near} meant?`
      const text = `the variable ${quoted(name)} is not defined here.${hint}`
      return { rule: 'UndefinedVar', line: instruction.place.line, text }
    })
}

/** The words in which variables are replaced; in the commands of RUN and CMD the shell does that. */
function wordsOf(instruction: StageInstruction, { given }: VariableScope): Word[] {
  switch (instruction.keyword) {
    case 'ENV':
    case 'LABEL':
      return instruction.assignments.flatMap(({ name, value }) => [{ text: name }, { text: value }])
    case 'ARG':
      return instruction.declarations.flatMap(({ name, value }) =>
        value === null || given.has(name) ? [] : [{ text: value }],
      )
    case 'COPY':
    case 'ADD':
      return [
        ...[...instruction.sources, instruction.destination].map((text) => ({ text })),
        ...[instruction.owner, instruction.mode].flatMap((text) => (text === null ? [] : [{ text }])),
        ...instruction.inline.flatMap(({ expand, content }) =>
          expand ? [{ text: content, keepQuotes: true }] : [],
        ),
      ]
    case 'RUN':
      return instruction.mounts.flatMap(({ options }) => options.map(({ value }) => ({ text: value ?? '' })))
    case 'WORKDIR':
      return [{ text: instruction.path }]
    case 'USER':
      return [{ text: instruction.user }]
    case 'STOPSIGNAL':
      return [{ text: instruction.signal }]
    case 'VOLUME':
      return instruction.paths.map((text) => ({ text }))
    default:
      return []
  }
}
