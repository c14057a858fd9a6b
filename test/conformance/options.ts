import { availableParallelism } from 'node:os'

export type Options = {
  /** Only cases whose name holds one of these. */
  filters: readonly string[]
  /** Docker is not started: a case is compared with what Docker built the last time, if it did. */
  onlyBerth: boolean
  /** What Docker builds is not kept for the next run. */
  updateNothing: boolean
  /** Docker builds every case again, whatever is known of it. */
  afresh: boolean
  /** Cases under way at once. */
  jobs: number
}

/** A build waits more than it computes. */
const usualJobs = 2 * availableParallelism()

const usage = 'Usage: npm run conformance -- [--only-berth] [--afresh] [--update-nothing] [--jobs N] [NAME …]'

export function readOptions(words: readonly string[]): Options {
  const options = {
    filters: [] as string[],
    onlyBerth: false,
    updateNothing: false,
    afresh: false,
    jobs: usualJobs,
  }
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string
    if (word === '--only-berth') options.onlyBerth = true
    else if (word === '--update-nothing') options.updateNothing = true
    else if (word === '--afresh') options.afresh = true
    else if (word === '--jobs') options.jobs = numberOf(words[++at])
    else if (word.startsWith('-')) stop(`There is no option ${word}.`)
    else options.filters.push(word)
  }
  return options
}

function numberOf(word: string | undefined): number {
  const jobs = Number(word)
  return Number.isInteger(jobs) && jobs > 0 ? jobs : stop('--jobs takes a number from 1.')
}

function stop(why: string): never {
  console.error(`${why}\n${usage}`)
  process.exit(2)
}
