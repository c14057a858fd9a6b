import { expandWord, type Lookup, type Variables, WordProblem } from '../expand-words.ts'

/** Variables that remember which names were asked for: those that have a value, and those that have none. */
class WatchedVariables implements Lookup {
  readonly found = new Set<string>()
  readonly missed = new Set<string>()
  readonly #variables: Variables

  constructor(variables: Variables) {
    this.#variables = variables
  }

  get(name: string): string | undefined {
    const value = this.#variables.get(name)
    const asked = value === undefined ? this.missed : this.found
    asked.add(name)
    return value
  }
}

export type Expanded = {
  /** Null: the word is wrong, which planning the build says. */
  text: string | null
  found: ReadonlySet<string>
  missed: ReadonlySet<string>
}

/** A word with its variables replaced, and which those were. */
export function expandWatched(
  word: string,
  variables: Variables,
  options: Parameters<typeof expandWord>[2],
): Expanded {
  const watched = new WatchedVariables(variables)
  try {
    return { text: expandWord(word, watched, options), found: watched.found, missed: watched.missed }
  } catch (error) {
    if (!(error instanceof WordProblem)) throw error
    return { text: null, found: watched.found, missed: watched.missed }
  }
}
