/** Times, durations and sizes as people say them. Pure; English. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `just now`, `3 min ago`, `2 h ago`, `5 days ago`, `22 Nov`, `22 Nov 2025`. The future counts as now. */
export function sayAgo(atMs: number, nowMs: number): string {
  const ago = nowMs - atMs
  if (ago < 10_000) return 'just now'
  if (ago < minute) return `${Math.floor(ago / 1000)} s ago`
  if (ago < hour) return `${Math.floor(ago / minute)} min ago`
  if (ago < day) return `${Math.floor(ago / hour)} h ago`
  if (ago < 2 * day) return 'yesterday'
  if (ago < 14 * day) return `${Math.floor(ago / day)} days ago`
  return sayDate(new Date(atMs), new Date(nowMs))
}

/** `in 6 days`, `in 3 h`, `in 5 min`, `22 Nov`; `over` once it has passed. */
export function sayUntil(atMs: number, nowMs: number): string {
  const left = atMs - nowMs
  if (left <= 0) return 'over'
  if (left < hour) return `in ${Math.max(1, Math.round(left / minute))} min`
  if (left < day) return `in ${Math.round(left / hour)} h`
  if (left < 1.5 * day) return 'tomorrow'
  if (left < 45 * day) return `in ${Math.round(left / day)} days`
  return sayDate(new Date(atMs), new Date(nowMs))
}

function sayDate(at: Date, now: Date): string {
  const date = sayDay(at.getTime())
  return at.getUTCFullYear() === now.getUTCFullYear() ? date : `${date} ${at.getUTCFullYear()}`
}

/** `22 Nov`, by UTC. */
export function sayDay(atMs: number): string {
  const at = new Date(atMs)
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]}`
}

/** `22 Nov 2026, 00:14:03 UTC`: the same on every machine. */
export function sayExactly(atMs: number): string {
  const at = new Date(atMs)
  const date = `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`
  return `${date}, ${at.toISOString().slice(11, 19)} UTC`
}

/** `31 ms`, `0.4 s`, `12 s`, `1 m 04 s`, `1 h 02 m`. */
export function sayDuration(ms: number): string {
  const given = Math.max(0, ms)
  if (given < 95) return `${Math.round(given)} ms`
  if (given < 9_950) return `${(given / 1000).toFixed(1)} s`
  const seconds = Math.round(given / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`
}

/** `512 MB`, `1.5 GB`: powers of 1,024, as limits are given. */
export function saySize(bytes: number): string {
  const megabytes = bytes / 1024 / 1024
  if (megabytes < 1) return `${Math.max(0, Math.round(bytes / 1024))} kB`
  if (megabytes < 1024) return `${Math.round(megabytes)} MB`
  const gigabytes = (megabytes / 1024).toFixed(1)
  return `${gigabytes.replace(/\.0$/, '')} GB`
}

/** `12,345` */
export function sayNumber(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 line`, `2 lines` */
export function sayCount(count: number, one: string, many = `${one}s`): string {
  return `${sayNumber(count)} ${count === 1 ? one : many}`
}

function two(count: number): string {
  return String(count).padStart(2, '0')
}
