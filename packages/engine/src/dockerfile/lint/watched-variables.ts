import { expandWord, type Variables, WordProblem } from '../expand-words.ts'

/** Variables that remember which names were asked for: those that have a value, and those that have none. */
class WatchedVariables extends Map<string, string> {
  readonly found = new Set<string>()
  readonly missed = new Set<string>()

  override get(name: string): string | undefined {
    const set = super.has(name) ? this.found : this.missed
    set.add(name)
    return super.get(name)
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined
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
