import { Cron } from 'croner'
import { releaseError } from '../errors.ts'

/**
 * Schedules as cron has them, in UTC: five fields, or one of the usual names. Where both the day of the month and the day
 * of the week are said, either will do, as in cron. There is no summer time here, so no hour comes twice or never.
 */
const options = { timezone: 'UTC', mode: '5-part', paused: true } as const

/** Its fields with single blanks between them. @throws RELEASE.SCHEDULE_INVALID: also where no day would ever suit it */
export function parseSchedule(given: string): string {
  const text = withSingleBlanks(given)
  const reason = whyNot(text)
  if (reason !== null) throw releaseError['RELEASE.SCHEDULE_INVALID']({ given, reason })
  return text
}

export function withSingleBlanks(given: string): string {
  return given.trim().replace(/\s+/g, ' ')
}

export function isSchedule(given: string): boolean {
  return whyNot(given) === null
}

const longest = 200
const form =
  /^(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|[0-9A-Za-z*/,?-]+(?: [0-9A-Za-z*/,?-]+){4})$/i

function whyNot(text: string): string | null {
  if (text.length > longest || !form.test(text)) return 'it does not have five fields'
  try {
    return new Cron(text, options).nextRun() === null ? 'that time never comes' : null
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error
    return error.message.replace(/^CronPattern: /, '')
  }
}

/** The next time after this one. Null: there is none. */
export function nextDue(schedule: string, after: Date): Date | null {
  const key = `${schedule} ${after.getTime()}`
  const known = lookedUp.get(key)
  if (known !== undefined) return known
  if (lookedUp.size >= mostLookedUp) lookedUp.clear()
  const found = cronOf(schedule).nextRun(after)
  lookedUp.set(key, found)
  return found
}

/** The last time that is not after this one. Null: there was none. */
export function lastDue(schedule: string, at: Date): Date | null {
  return cronOf(schedule).previousRuns(1, new Date(at.getTime() + 1))[0] ?? null
}

/** Working one out takes a millisecond, and every job is asked for each minute. */
const lookedUp = new Map<string, Date | null>()
const mostLookedUp = 5_000
const crons = new Map<string, Cron>()

function cronOf(schedule: string): Cron {
  const known = crons.get(schedule)
  if (known !== undefined) return known
  if (crons.size >= mostLookedUp) crons.clear()
  const made = new Cron(schedule, options)
  crons.set(schedule, made)
  return made
}
