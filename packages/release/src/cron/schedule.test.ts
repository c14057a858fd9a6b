import { describe, expect, test } from 'vitest'
import { cronName } from './cron-name.ts'
import { followedJobs } from './followed-jobs.ts'
import { isSchedule, lastDue, nextDue, parseSchedule } from './schedule.ts'

const at = (text: string) => new Date(`${text}Z`)

describe('a schedule', () => {
  test.each([
    ['*/5 * * * *', '2030-01-01T12:01', '2030-01-01T12:05'],
    ['0 3 * * *', '2030-01-01T03:00', '2030-01-02T03:00'],
    ['0 0 29 2 *', '2030-01-01T00:00', '2032-02-29T00:00'],
    ['30 8 * * MON-FRI', '2030-01-05T00:00', '2030-01-07T08:30'],
    ['0 0 13 * 5', '2030-01-01T00:00', '2030-01-04T00:00'],
    ['0 0 * * 7', '2030-01-01T00:00', '2030-01-06T00:00'],
    ['@daily', '2030-01-01T00:01', '2030-01-02T00:00'],
  ])('%s is due after %s at %s, in UTC', (schedule, after, next) => {
    expect(nextDue(schedule, at(after))).toEqual(at(next))
    expect(lastDue(schedule, at(next))).toEqual(at(next))
  })

  test('is told as one line', () => {
    expect(parseSchedule('  0   3  * * * ')).toBe('0 3 * * *')
  })

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '99 * * * *',
    '*/0 * * * *',
    '0 0 30 2 *',
    '@reboot',
    'every minute please now ok',
    '* * * * *; rm -rf /',
    '5-1 * * * *',
    `${'1,'.repeat(200)}1 * * * *`,
  ])('%j is none', (given) => {
    expect(() => parseSchedule(given)).toThrow(expect.objectContaining({ code: 'RELEASE.SCHEDULE_INVALID' }))
    expect(isSchedule(given)).toBe(false)
  })
})

describe('the jobs of a release', () => {
  const entry = { schedule: '@daily', command: '/app/bin/Send_Mail --all' }

  test('have names that stay, whatever stands around them', () => {
    expect(cronName(entry)).toMatch(/^send-mail-[0-9a-f]{6}$/)
    const [alone] = followedJobs([entry])
    const among = followedJobs([{ schedule: '@hourly', command: 'x' }, entry])
    expect(among.map(({ name }) => name)).toContain(alone?.name)
    expect(cronName({ ...entry, schedule: '@hourly' })).not.toBe(alone?.name)
  })

  test.each(['1234', '$HOME/x', '-', "'quoted thing'", 'ü', 'x'.repeat(200)])(
    '%j has a name too',
    (command) => {
      expect(cronName({ schedule: '@daily', command })).toMatch(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/)
      expect(cronName({ schedule: '@daily', command }).length).toBeLessThanOrEqual(40)
    },
  )

  test('that stand there twice are one', () => {
    expect(followedJobs([entry, entry])).toHaveLength(1)
  })
})
