import { InvalidArgumentError } from 'commander'

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** How long ago (`90s`, `10m`, `2h`), or a date as ISO 8601 writes it. */
export function since(text: string, now = Date.now()): Date {
  const [, number, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const at = new Date(number === undefined ? Date.parse(text) : now - Number(number) * (unitsMs[unit] ?? 0))
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('a time such as 10m, 2h or 2026-11-22T10:00:00Z.')
  return at
}
