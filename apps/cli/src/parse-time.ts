import { InvalidArgumentError } from 'commander'

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * `10m` (ago), or a date as ISO 8601 has it: `2026-11-22`, `2026-11-22T10:00`, `2026-11-22T10:00:00Z`; without a zone, that of
 * this machine. Returns ISO 8601.
 */
export function parseTime(text: string, now: number = Date.now()): string {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (amount !== undefined && unit !== undefined)
    return new Date(now - Number(amount) * (units[unit] ?? 0)).toISOString()
  const date = /^\d{4}-\d\d-\d\d/.test(text)
    ? new Date(text.length === 10 ? `${text}T00:00` : text)
    : new Date(Number.NaN)
  if (!Number.isNaN(date.getTime())) return date.toISOString()
  throw new InvalidArgumentError('10m, 2h, 3d, or a date such as 2026-11-22T10:00.')
}
