import type { StageEvent } from './stage-event.ts'

/** Events in words, the same at every door: the pusher's terminal, the command line and the dashboard. */
type Told<Kind extends StageEvent['kind']> = Omit<Extract<StageEvent, { kind: Kind }>, 'kind' | 'at'>

/** `Dockerfile:3: the stage's name has capitals. (StageNameCasing)` */
export function sayWarning({ text, rule, path, line }: Told<'warning'>): string {
  const place = path === undefined ? '' : line === undefined ? `${path}: ` : `${path}:${line}: `
  return `${place}${text}${rule === undefined ? '' : ` (${rule})`}`
}

/** `12 of 14 steps reused, 41 s saved` */
export function sayReused({ steps, of, savedMs }: Told<'reused'>): string {
  const reused = `${steps} of ${of} ${of === 1 ? 'step' : 'steps'} reused`
  return savedMs !== null && savedMs >= 1_000 ? `${reused}, ${saySeconds(savedMs)} saved` : reused
}

/** `Check GET /health, 1 of 3: the answer was 503` */
export function sayCheck({ check, attempt, of, told }: Told<'check'>): string {
  return `Check ${check}, ${attempt} of ${of}: ${told}`
}

/** `layer 3 of 5: 34 of 120 MB`, `layer 3 of 5: 34 MB` */
export function sayProgress({ what, doneBytes, ofBytes }: Told<'progress'>): string {
  if (ofBytes === null) return `${what}: ${sayBytes(doneBytes)}`
  const [number, unit] = parted(ofBytes)
  const divisor = ofBytes / number || 1
  return `${what}: ${round(doneBytes / divisor)} of ${round(number)} ${unit}`
}

/** `0.8 s`, `12 s`, `3 min 5 s` */
export function saySeconds(durationMs: number): string {
  const seconds = durationMs / 1_000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `512 MB`: powers of 1,024. */
export function sayBytes(bytes: number): string {
  const [number, unit] = parted(bytes)
  return `${round(number)} ${unit}`
}

function parted(bytes: number): [number, string] {
  if (bytes >= 1024 ** 3) return [bytes / 1024 ** 3, 'GB']
  return bytes >= 1024 ** 2 ? [bytes / 1024 ** 2, 'MB'] : [bytes / 1024, 'kB']
}

function round(number: number): number {
  return number < 10 ? Math.round(number * 10) / 10 : Math.round(number)
}
