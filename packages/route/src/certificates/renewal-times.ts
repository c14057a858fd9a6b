/**
 * When a certificate is asked for again. Renewed at two thirds of its life, a little earlier by chance, so that those of one
 * day are not renewed in one minute. What was in vain is tried ever more seldom: authorities count failures (Let's Encrypt
 * allows five an hour for each name), and what only this machine has looked at may be looked at more often.
 */
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const afterAuthority = [
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
  24 * hourMs,
]
const afterOwnLook = [minuteMs, 2 * minuteMs, 5 * minuteMs, 10 * minuteMs, 30 * minuteMs, hourMs]
/** Of a certificate's life, or of a wait. */
const jitter = 0.05

export type Life = { notBefore: Date; notAfter: Date }

export function renewAt({ notBefore, notAfter }: Life, random = Math.random): Date {
  const lifeMs = notAfter.getTime() - notBefore.getTime()
  return new Date(notBefore.getTime() + Math.round(lifeMs * (2 / 3 - jitter * random())))
}

export function retryAt(
  failure: { attempts: number; asked: boolean; afterMs?: number },
  now = Date.now(),
  random = Math.random,
): Date {
  const waits = failure.asked ? afterAuthority : afterOwnLook
  const waitMs = waits[Math.min(failure.attempts, waits.length - 1)] ?? hourMs
  return new Date(now + Math.max(waitMs, failure.afterMs ?? 0) * (1 + jitter * random()))
}

/** Half of what was left at its renewal is gone as well: somebody should hear of it. Of one's own: the last 14 days. */
export function isExpiring({ notBefore, notAfter }: Life, source: 'acme' | 'own', now = Date.now()): boolean {
  const lifeMs = notAfter.getTime() - notBefore.getTime()
  const warnMs = source === 'own' ? Math.min(14 * 24 * hourMs, lifeMs / 3) : lifeMs / 6
  return notAfter.getTime() - now < warnMs
}
