import type { MachineCertificateView } from '@berth/api'
import type { Mark } from '../marks.ts'

const day = 86_400_000
/** Automatic ones are renewed a month before: one that is nearer to its end than this was not. */
const soonMs = 14 * day

/** How a certificate is, for whoever looks after all of them. */
export function certificateMark({ state, expiresAt }: MachineCertificateView, now: number): Mark {
  if (state === 'expired') return { shape: 'triangle', tone: 'bad', word: 'Expired' }
  if (state === 'failed') return { shape: 'triangle', tone: 'bad', word: 'Not obtained' }
  if (state === 'wanted' || state === 'ordering') return { shape: 'ring', tone: 'accent', word: 'On its way' }
  if (expiresAt !== null && Date.parse(expiresAt) - now < soonMs)
    return { shape: 'half', tone: 'warn', word: 'Ends soon' }
  return { shape: 'circle', tone: 'good', word: 'Valid' }
}

/** `in 71 days`, `tomorrow`, `3 days ago`. */
export function sayEnd(expiresAt: string, now: number): string {
  const days = Math.floor((Date.parse(expiresAt) - now) / day)
  if (days < -1) return `${-days} days ago`
  if (days < 0) return 'yesterday'
  if (days === 0) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days`
}
