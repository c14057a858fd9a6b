import { logError } from './errors.ts'

/**
 * Whether a line matches a pattern of somebody who may wish us ill: RE2's language (https://github.com/google/re2/wiki/Syntax),
 * in time linear in the line. RE2 is 4 MB in memory, and so is loaded by the first search.
 * @throws LOG.BAD_PATTERN
 */
export async function linePattern(given: string): Promise<(line: string) => boolean> {
  if (given.length > longestPattern) throw bad(`it is longer than ${longestPattern} characters`)
  if (mostCounted(given) > mostRepeats) throw bad(`nothing is repeated more than ${mostRepeats} times`)
  const { RE2JS, RE2JSSyntaxException } = await import('re2js')
  const pattern = compiled()
  if (pattern.programSize() > mostInstructions) throw bad('it is too large')
  return (line) => pattern.test(line)

  function compiled() {
    try {
      return RE2JS.compile(given)
    } catch (error) {
      if (error instanceof RE2JSSyntaxException) throw bad(sayProblem(error))
      throw error
    }
  }
}

const longestPattern = 500
const mostRepeats = 100
/** A line costs its length times this at worst. */
const mostInstructions = 2_000

/** Before RE2 sees it: what is written short may be long to compile. */
function mostCounted(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, least, most]) => [least, most])
  return Math.max(0, ...counts.map((count) => Number(count || 0)))
}

/** `missing closing ): (a` */
function sayProblem(error: { getDescription(): string; getPattern(): string | null }): string {
  const where = error.getPattern()
  return where ? `${error.getDescription()}: ${where}` : error.getDescription()
}

function bad(why: string) {
  return logError['LOG.BAD_PATTERN']({ why })
}
