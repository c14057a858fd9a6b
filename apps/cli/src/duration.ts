import { InvalidArgumentError } from 'commander'

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `10m`, `1h`, `2d` → milliseconds. */
export function duration(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  const ms = Number(count) * (units[unit ?? ''] ?? Number.NaN)
  if (Number.isNaN(ms)) throw new InvalidArgumentError('a time like 90s, 10m, 1h or 2d.')
  return ms
}

/** `1 h`, `10 min`, `1.5 s` */
export function durationWords(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`
  return `${Math.round(ms / 100) / 10} s`
}
