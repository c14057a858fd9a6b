import { expect, test } from 'vitest'
import { saySchedule } from './say-schedule.ts'

test.each([
  ['* * * * *', 'every minute'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['5 * * * *', 'every hour at 05 minutes past'],
  ['0 */6 * * *', 'every 6 hours at 00 minutes past'],
  ['30 2 * * *', 'every day at 02:30'],
  ['@daily', 'every day at 00:00'],
  ['0 4 * * 1', 'on Mondays at 04:00'],
  ['0 4 * * 7', 'on Sundays at 04:00'],
  ['0 9 * * mon,wed,fri', 'on Mondays, Wednesdays and Fridays at 09:00'],
  ['0 9 * * 1-5', 'on workdays at 09:00'],
  ['0 0 1 * *', 'on day 1 of each month at 00:00'],
  ['0 0 24 12 *', 'each year on 24 December at 00:00'],
])('%s is %s', (schedule, words) => {
  expect(saySchedule(schedule)).toBe(words)
})

test.each(['*/7 * * * *', '0 4 1 * 1', '0 9-17 * * *', '1,2 3 * * *', 'nonsense', '* * * *'])(
  '%s is left as it is: words would say less, or something else',
  (schedule) => {
    expect(saySchedule(schedule)).toBeNull()
  },
)
