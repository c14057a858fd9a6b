/** A schedule in words, in UTC: `every 15 minutes`, `on Mondays at 04:00`. Null where the fields say it better. */
export function saySchedule(schedule: string): string | null {
  const fields = (named[schedule.trim().toLowerCase()] ?? schedule).trim().split(/\s+/)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields
  if (fields.length !== 5) return null
  const anyDay = day === '*' && month === '*' && weekday === '*'
  if (anyDay && hour === '*') return ofMinutes(minute)
  const at = timeOf(minute, hour)
  if (at === null) return anyDay ? ofHours(minute, hour) : null
  if (anyDay) return `every day at ${at}`
  if (day === '*' && month === '*') return onWeekdays(weekday, at)
  return weekday === '*' ? onDates(day, month, at) : null
}

const named: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

function ofMinutes(minute: string): string | null {
  if (minute === '*' || minute === '*/1') return 'every minute'
  const every = stepOf(minute)
  if (every !== null) return 60 % every === 0 ? `every ${every} minutes` : null
  return isNumber(minute) ? `every hour at ${two(minute)} minutes past` : null
}

function ofHours(minute: string, hour: string): string | null {
  const every = stepOf(hour)
  if (every === null || 24 % every !== 0 || !isNumber(minute)) return null
  return `every ${every} hours at ${two(minute)} minutes past`
}

function timeOf(minute: string, hour: string): string | null {
  return isNumber(minute) && isNumber(hour) ? `${two(hour)}:${two(minute)}` : null
}

const dayNames = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays']
const shortNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function onWeekdays(weekday: string, at: string): string | null {
  if (weekday === '1-5' || weekday.toLowerCase() === 'mon-fri') return `on workdays at ${at}`
  const days = weekday.split(',').map(dayNameOf)
  if (days.some((name) => name === null)) return null
  const last = days.pop()
  return `on ${days.length === 0 ? last : `${days.join(', ')} and ${last}`} at ${at}`
}

function dayNameOf(given: string): string | null {
  const short = shortNames.indexOf(given.toLowerCase())
  if (short !== -1) return dayNames[short] ?? null
  return /^[0-7]$/.test(given) ? (dayNames[Number(given) % 7] ?? null) : null
}

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July'].concat([
  'August',
  'September',
  'October',
  'November',
  'December',
])

function onDates(day: string, month: string, at: string): string | null {
  if (!isNumber(day)) return null
  if (month === '*') return `on day ${Number(day)} of each month at ${at}`
  const name = isNumber(month) ? monthNames[Number(month) - 1] : undefined
  return name === undefined ? null : `each year on ${Number(day)} ${name} at ${at}`
}

function stepOf(field: string): number | null {
  const step = /^\*\/(\d{1,2})$/.exec(field)?.[1]
  return step === undefined || Number(step) < 2 ? null : Number(step)
}

function isNumber(field: string): boolean {
  return /^\d{1,2}$/.test(field)
}

function two(number: string): string {
  return number.padStart(2, '0')
}
