const day = 86_400
const common = [day, 30 * day, 180 * day, 365 * day, 730 * day]

/** What is usual, and what is set where somebody has said something else. */
export function hstsAges(now: number | undefined): number[] {
  return [...new Set([...common, ...(now === undefined ? [] : [now])])].sort((one, other) => one - other)
}

export function sayAge(seconds: number): string {
  if (seconds % (365 * day) === 0) return seconds === 365 * day ? 'a year' : `${seconds / 365 / day} years`
  if (seconds % day === 0) return seconds === day ? 'a day' : `${seconds / day} days`
  return `${seconds} seconds`
}
